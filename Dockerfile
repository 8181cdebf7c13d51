# Build: all packages, TypeScript to JavaScript.
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --include=dev --include=optional --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
COPY demo ./demo
RUN npm run build

# Run: what production needs and nothing else, as a user without rights.
FROM node:24-slim
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --omit=optional --no-audit --no-fund && npm cache clean --force
COPY --from=build /app/dist ./dist
COPY demo/model ./dist/demo/model
COPY openapi ./openapi

# A container's loopback reaches nobody, so the API listens on all addresses. The service refuses to do that without
# API keys: mount a file of them and set API_KEYS_FILE. A worker does not listen: give it HOST=127.0.0.1.
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000
EXPOSE 3000
USER node

HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/healthz').then((reply) => process.exit(reply.ok ? 0 : 1), () => process.exit(1))"]

# The other role: node dist/src/bin/worker.js
CMD ["node", "dist/src/bin/api.js"]
