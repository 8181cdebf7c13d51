import type { FastifyInstance } from 'fastify';

/** Read by machines every few seconds. */
const QUIET = new Set(['/healthz', '/readyz', '/metrics']);

/** One line per request: the route, never the body, the query or a header. */
export function requestLog(app: FastifyInstance): void {
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unmatched';
    const line = { method: request.method, route, status: reply.statusCode, ms: Math.round(reply.elapsedTime) };
    if (QUIET.has(route)) request.log.debug(line, 'request');
    else request.log.info(line, 'request');
  });
}
