import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { batchIdSchema, batchListSchema } from '../../contract/batches.ts';
import { matchesEtag, readHeadersSchema } from '../../contract/headers.ts';
import { pageQuerySchema } from '../../contract/replies.ts';
import type { BatchService } from '../../service/service.ts';
import { BATCH, batchFreshness, sendBatch } from '../batch-reply.ts';
import { batchDocumentOf, listOf } from '../document.ts';
import { GUARDED, operation, STORED, WITH_BODY } from '../operation.ts';
import { noQuerySchema } from '../path.ts';
import { STATE } from '../stored-reply.ts';

const pathSchema = z.strictObject({ batch_id: batchIdSchema });

/** Batches that are there: reading, listing, cancelling, erasing. */
export function batchRoutes(scope: FastifyInstance, service: BatchService): void {
  const app = scope.withTypeProvider<ZodTypeProvider>();

  app.route({
    method: 'GET',
    url: '/batches',
    schema: {
      querystring: pageQuerySchema,
      ...operation({
        id: 'listBatches',
        tag: 'batches',
        summary: 'List your batches',
        description: 'Newest first, a page at a time.',
        replies: { 200: { description: 'A page.', content: { 'application/json': batchListSchema } } },
        problems: [...GUARDED, 'invalid_cursor', ...STORED],
      }),
    },
    handler: async (request, reply) => {
      const { limit, cursor = null } = request.query;
      const { items, nextCursor } = await service.listBatches(request.owner, { limit, cursor });
      return reply.header('content-type', 'application/json; charset=utf-8').send(listOf(items.map(batchDocumentOf), nextCursor));
    },
  });

  app.route({
    method: 'GET',
    url: '/batches/:batch_id',
    schema: {
      params: pathSchema,
      headers: readHeadersSchema,
      querystring: noQuerySchema,
      ...operation({
        id: 'readBatch',
        tag: 'batches',
        summary: 'Read a batch',
        description: 'Its state and how many of its explanations are in which. `GET /v1/explanations?batch=…` lists them.',
        replies: {
          200: { description: 'The batch.', content: BATCH, headers: STATE },
          304: { description: 'Nothing has changed since the ETag in `If-None-Match`.', headers: STATE },
        },
        problems: [...GUARDED, 'not_found', ...STORED],
      }),
    },
    handler: async (request, reply) => {
      const batch = await service.readBatch(request.owner, request.params.batch_id);
      if (matchesEtag(request.headers['if-none-match'], batchFreshness(reply, batch))) return reply.code(304).send();
      return sendBatch(reply, 200, batch);
    },
  });

  app.route({
    method: 'POST',
    url: '/batches/:batch_id/cancel',
    schema: {
      params: pathSchema,
      querystring: noQuerySchema,
      ...operation({
        id: 'cancelBatch',
        tag: 'batches',
        summary: 'Cancel a batch',
        description: 'Cancels every explanation of it that has not ended. Doing it twice changes nothing; a batch that has ended stays as it is.',
        replies: {
          200: { description: 'The batch has ended.', content: BATCH, headers: STATE },
          202: { description: 'Some of its explanations are about to stop.', content: BATCH, headers: STATE },
        },
        problems: [...GUARDED, ...WITH_BODY, 'not_found', ...STORED],
      }),
    },
    handler: async (request, reply) => {
      const batch = await service.cancelBatch(request.owner, request.params.batch_id);
      return sendBatch(reply, batch.finishedAt === null ? 202 : 200, batch);
    },
  });

  app.route({
    method: 'DELETE',
    url: '/batches/:batch_id',
    schema: {
      params: pathSchema,
      querystring: noQuerySchema,
      ...operation({
        id: 'deleteBatch',
        tag: 'batches',
        summary: 'Erase a batch',
        description: 'Cancels and erases all of its explanations, and every key that belongs to it.',
        replies: { 204: { description: 'It is gone.' } },
        problems: [...GUARDED, ...WITH_BODY, 'not_found', ...STORED],
      }),
    },
    handler: async (request, reply) => {
      await service.eraseBatch(request.owner, request.params.batch_id);
      return reply.code(204).send();
    },
  });
}
