import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { operation } from '../operation.ts';

/** The description that this page of the reference is generated from. */
export function openapiRoutes(app: FastifyInstance): void {
  let text: string | undefined;
  app.get(
    '/openapi.json',
    {
      schema: operation({
        id: 'readOpenapi',
        tag: 'service',
        summary: 'This description',
        description: 'OpenAPI 3.1.',
        replies: { 200: { description: 'The document.', content: { 'application/json': z.looseObject({}) } } },
        problems: ['validation_failed', 'internal'],
        open: true,
      }),
    },
    async (_request, reply) => {
      text ??= JSON.stringify(app.swagger());
      return reply.header('content-type', 'application/json; charset=utf-8').send(text);
    },
  );
}
