import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { readHeadersSchema } from '../../contract/headers.ts';
import { listQuerySchema, listSchema } from '../../contract/replies.ts';
import { TERMINAL } from '../../service/ports.ts';
import type { Service } from '../../service/service.ts';
import { documentOf, listOf } from '../document.ts';
import { GUARDED, operation, STORED, WITH_BODY } from '../operation.ts';
import { noQuerySchema, pathSchema } from '../path.ts';
import { EXPLANATION, sendDocument, sendStored, STATE } from '../stored-reply.ts';

const millisecondsOf = (time: string | undefined): number | null => (time === undefined ? null : Date.parse(time));

/** Jobs that are there: reading, listing, cancelling, erasing. */
export function explanationRoutes(scope: FastifyInstance, service: Service): void {
  const app = scope.withTypeProvider<ZodTypeProvider>();

  app.route({
    method: 'GET',
    url: '/explanations',
    schema: {
      querystring: listQuerySchema,
      ...operation({
        id: 'listExplanations',
        tag: 'explanations',
        summary: 'List your explanations',
        description: 'Newest first, a page at a time.',
        replies: { 200: { description: 'A page.', content: { 'application/json': listSchema } } },
        problems: [...GUARDED, 'invalid_cursor', ...STORED],
      }),
    },
    handler: async (request, reply) => {
      const { limit, cursor = null, status = null, batch = null, created_after: from, created_before: before } = request.query;
      const times = { from: millisecondsOf(from), before: millisecondsOf(before) };
      const { items, nextCursor } = await service.list(request.owner, { limit, cursor, status, batch, ...times });
      return reply.header('content-type', 'application/json; charset=utf-8').send(listOf(items.map(documentOf), nextCursor));
    },
  });

  app.route({
    method: 'GET',
    url: '/explanations/:id',
    schema: {
      params: pathSchema,
      headers: readHeadersSchema,
      querystring: noQuerySchema,
      ...operation({
        id: 'readExplanation',
        tag: 'explanations',
        summary: 'Read an explanation',
        description: 'The job, its progress and, when it has ended, its result. `Retry-After` says when to ask again.',
        replies: {
          200: { description: 'The explanation.', content: EXPLANATION, headers: STATE },
          304: { description: 'Nothing has changed since the ETag in `If-None-Match`.', headers: STATE },
        },
        problems: [...GUARDED, 'not_found', ...STORED],
      }),
    },
    handler: async (request, reply) => {
      const document = await service.show(request.owner, request.params.id);
      return sendDocument(reply, document, request.headers['if-none-match']);
    },
  });

  app.route({
    method: 'POST',
    url: '/explanations/:id/cancel',
    schema: {
      params: pathSchema,
      querystring: noQuerySchema,
      ...operation({
        id: 'cancelExplanation',
        tag: 'explanations',
        summary: 'Cancel an explanation',
        description:
          'Stops the job. What has been evaluated is kept and gives a partial result. ' +
          'Doing it twice changes nothing; a job that has ended stays as it is.',
        replies: {
          200: { description: 'The job has ended.', content: EXPLANATION, headers: STATE },
          202: { description: 'The job is about to stop.', content: EXPLANATION, headers: STATE },
        },
        problems: [...GUARDED, ...WITH_BODY, 'not_found', ...STORED],
      }),
    },
    handler: async (request, reply) => {
      const stored = await service.cancel(request.owner, request.params.id);
      return sendStored(reply, TERMINAL.has(stored.status) ? 200 : 202, stored);
    },
  });

  app.route({
    method: 'DELETE',
    url: '/explanations/:id',
    schema: {
      params: pathSchema,
      querystring: noQuerySchema,
      ...operation({
        id: 'deleteExplanation',
        tag: 'explanations',
        summary: 'Erase an explanation',
        description: 'Cancels the job if need be and erases every key that belongs to it, cached answers included.',
        replies: { 204: { description: 'It is gone.' } },
        problems: [...GUARDED, ...WITH_BODY, 'not_found', ...STORED],
      }),
    },
    handler: async (request, reply) => {
      await service.erase(request.owner, request.params.id);
      return reply.code(204).send();
    },
  });
}
