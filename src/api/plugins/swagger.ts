import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { nameComponents } from '../components.ts';
import { finishOpenApi, INFO, SECURITY_SCHEMES, TAGS, WEBHOOKS } from '../openapi.ts';
import { DOCS_LOOK } from './docs-look.ts';

/** The page needs nothing from elsewhere and runs no script but its own files; its styles are written inline by the UI. */
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; " +
  "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Describes every route that is registered after it; with `docs`, serves Swagger UI under /docs. */
export async function openapi(app: FastifyInstance, settings: { version: string; docs: boolean }): Promise<void> {
  nameComponents();
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.1',
      info: { ...INFO, version: settings.version },
      servers: [{ url: '/' }],
      tags: TAGS,
      security: [{ bearer: [] }],
      components: { securitySchemes: SECURITY_SCHEMES },
      webhooks: WEBHOOKS,
    },
    transform: jsonSchemaTransform,
    transformObject: (document) => finishOpenApi(jsonSchemaTransformObject(document)),
  });
  if (!settings.docs) return;
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: CSP,
    ...DOCS_LOOK,
    uiConfig: { tryItOutEnabled: true, persistAuthorization: true, displayRequestDuration: true, docExpansion: 'list' },
  });
}
