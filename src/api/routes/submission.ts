import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { submitHeadersSchema, waitSeconds } from '../../contract/headers.ts';
import { requestSchema } from '../../contract/request.ts';
import { TERMINAL } from '../../service/ports.ts';
import type { Service } from '../../service/service.ts';
import { bodyHash } from '../body-hash.ts';
import type { Charge } from '../plugins/rates.ts';
import { GUARDED, operation, PLANNED, STORED, SUBMITTED, WITH_BODY } from '../operation.ts';
import { noQuerySchema } from '../path.ts';
import { EXPLANATION, sendStored, STATE } from '../stored-reply.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Hash of the body as sent, where the request has an Idempotency-Key. */
    bodyHash: string | null;
  }
}

/** Before validation, which puts the body with its defaults in place of the one that was sent. */
async function hashBody(request: FastifyRequest): Promise<void> {
  if (request.headers['idempotency-key'] !== undefined && request.body !== undefined) request.bodyHash = bodyHash(request.body);
}

/** Accepting a job, and holding the reply until it has ended. */
export function submissionRoutes(
  scope: FastifyInstance,
  service: Service,
  { untilGone, charge }: { untilGone: (reply: FastifyReply) => AbortSignal; charge: Charge },
): void {
  scope.decorateRequest('bodyHash', null);
  scope.withTypeProvider<ZodTypeProvider>().route({
    method: 'POST',
    url: '/explanations',
    schema: {
      body: requestSchema,
      headers: submitHeadersSchema,
      querystring: noQuerySchema,
      ...operation({
        id: 'createExplanation',
        tag: 'explanations',
        summary: 'Explain a model call',
        description:
          'Accepts a job that asks the endpoint again with parts of the call taken away and reasons about what changed. ' +
          'Poll `Location`, or hold the reply with `Prefer: wait=N`.',
        replies: {
          200: {
            description: 'The job has ended within the wait, or was given before under the same Idempotency-Key.',
            content: EXPLANATION,
            headers: ['Location', ...STATE, 'Preference-Applied', 'Idempotent-Replayed'],
          },
          202: {
            description: 'The job is queued or running.',
            content: EXPLANATION,
            headers: ['Location', ...STATE, 'Preference-Applied'],
          },
        },
        problems: [...GUARDED, ...WITH_BODY, ...PLANNED, ...SUBMITTED, ...STORED],
      }),
    },
    preValidation: hashBody,
    handler: async (request, reply) => {
      const wait = waitSeconds(request.headers.prefer);
      await charge(request, reply, 'explanations', 1);
      const key = request.headers['idempotency-key'];
      const idempotency = key === undefined || request.bodyHash === null ? null : { key, bodyHash: request.bodyHash };
      const { stored: accepted, replayed } = await service.submit(request.owner, request.body, idempotency);
      const stored =
        wait === null || wait === 0
          ? accepted
          : await service.readWhenEnded(request.owner, accepted.id, wait * 1_000, untilGone(reply));
      reply.header('location', `/v1/explanations/${stored.id}`);
      if (wait !== null) reply.header('preference-applied', `wait=${wait}`);
      if (replayed) reply.header('idempotent-replayed', 'true');
      return sendStored(reply, replayed || TERMINAL.has(stored.status) ? 200 : 202, stored);
    },
  });
}
