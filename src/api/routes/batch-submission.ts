import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { batchRequestSchema, laidUnder, MAX_BATCH } from '../../contract/batches.ts';
import { submitHeadersSchema, waitSeconds } from '../../contract/headers.ts';
import type { BatchService } from '../../service/service.ts';
import { BATCH, sendBatch } from '../batch-reply.ts';
import { bodyHash } from '../body-hash.ts';
import type { Charge } from '../plugins/rates.ts';
import { GUARDED, operation, PLANNED, STORED, SUBMITTED, WITH_BODY } from '../operation.ts';
import { noQuerySchema } from '../path.ts';
import { STATE } from '../stored-reply.ts';

/** Hashes the body as sent, then lays its defaults under its requests: what is checked is what will be explained. */
async function prepare(request: FastifyRequest): Promise<void> {
  // what it is a body of is part of the hash: the same key on another route is another use of it
  if (request.headers['idempotency-key'] !== undefined && request.body !== undefined) request.bodyHash = bodyHash(['batch', request.body]);
  request.body = laidUnder(request.body);
}

/** Accepting a batch. */
export function batchSubmissionRoutes(
  scope: FastifyInstance,
  service: BatchService,
  settings: { untilGone: (reply: FastifyReply) => AbortSignal; charge: Charge; maxBatchBytes: number },
): void {
  scope.withTypeProvider<ZodTypeProvider>().route({
    method: 'POST',
    url: '/batches',
    bodyLimit: settings.maxBatchBytes,
    schema: {
      body: batchRequestSchema,
      headers: submitHeadersSchema,
      querystring: noQuerySchema,
      ...operation({
        id: 'createBatch',
        tag: 'batches',
        summary: 'Explain many model calls',
        description:
          `Accepts up to ${MAX_BATCH} explanations at once, or none: where one of them cannot be served, \`errors\` points to ` +
          'each place at fault (`/requests/17/call`) and nothing is queued. They run behind explanations that were asked for one by one.',
        replies: {
          200: {
            description: 'The batch has ended within the wait, or was given before under the same Idempotency-Key.',
            content: BATCH,
            headers: ['Location', ...STATE, 'Preference-Applied', 'Idempotent-Replayed'],
          },
          202: { description: 'The batch is queued or running.', content: BATCH, headers: ['Location', ...STATE, 'Preference-Applied'] },
        },
        problems: [...GUARDED, ...WITH_BODY, ...PLANNED, ...SUBMITTED, ...STORED],
      }),
    },
    onRequest: async (request) => {
      request.bodyLimit = request.terms?.maxBatchBytes ?? null;
    },
    preValidation: prepare,
    handler: async (request, reply) => {
      const wait = waitSeconds(request.headers.prefer);
      await settings.charge(request, reply, 'explanations', request.body.requests.length);
      const key = request.headers['idempotency-key'];
      const idempotency = key === undefined || request.bodyHash === null ? null : { key, bodyHash: request.bodyHash };
      const { stored: accepted, replayed } = await service.submitBatch(request.owner, request.body, idempotency);
      const batch =
        wait === null || wait === 0 ? accepted : await service.readBatchWhenEnded(request.owner, accepted.id, wait * 1_000, settings.untilGone(reply));
      reply.header('location', `/v1/batches/${batch.id}`);
      if (wait !== null) reply.header('preference-applied', `wait=${wait}`);
      if (replayed) reply.header('idempotent-replayed', 'true');
      return sendBatch(reply, replayed || batch.finishedAt !== null ? 200 : 202, batch);
    },
  });
}
