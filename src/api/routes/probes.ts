import type { FastifyInstance, FastifyReply } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { probeHeadersSchema, waitSeconds } from '../../contract/headers.ts';
import { probePathSchema, probeQuerySchema, type ProbeReply, probeReplySchema, probeRequestSchema } from '../../contract/probes.ts';
import type { Service } from '../../service/service.ts';
import { GUARDED, operation, STORED, WITH_BODY } from '../operation.ts';
import { noQuerySchema } from '../path.ts';

/** Seconds that a reply is held where the caller does not say: most probes take less. */
const WAIT_SECONDS = 20;

const REPLY = { 'application/json': probeReplySchema };

/** Having an endpoint asked what it can do, and reading what it was last seen to do. */
export function probeRoutes(scope: FastifyInstance, service: Service, untilGone: (reply: FastifyReply) => AbortSignal): void {
  const routes = scope.withTypeProvider<ZodTypeProvider>();
  routes.route({
    method: 'POST',
    url: '/endpoints/:name/probe',
    schema: {
      params: probePathSchema,
      body: probeRequestSchema,
      headers: probeHeadersSchema,
      querystring: noQuerySchema,
      ...operation({
        id: 'probeEndpoint',
        tag: 'catalogue',
        summary: 'Find out anew what an endpoint can do',
        description:
          'A worker asks the endpoint about fifteen requests, two of them of some 1,500 tokens, and stores what it saw, for all workers. Requests at the same ' +
          `time are one probe. The reply is held for \`Prefer: wait=N\` seconds, ${WAIT_SECONDS} when not said.`,
        replies: {
          200: { description: 'What was found.', content: REPLY },
          202: { description: 'A worker has it to do; `GET` the same path later.', content: REPLY, headers: ['Location', 'Retry-After'] },
        },
        problems: [
          ...GUARDED,
          ...WITH_BODY,
          'endpoint_forbidden',
          'not_found',
          'unknown_endpoint',
          'unknown_model',
          'endpoint_refused',
          'endpoint_unreachable',
          'endpoint_malformed',
          'endpoint_timeout',
          'no_worker',
          ...STORED,
        ],
      }),
    },
    handler: async (request, reply) => {
      const { name } = request.params;
      const seconds = waitSeconds(request.headers.prefer) ?? WAIT_SECONDS;
      const found = await service.probe(request.owner, name, request.body.model, seconds * 1_000, untilGone(reply));
      if (found.status === 'done') return found satisfies ProbeReply;
      const query = new URLSearchParams({ model: found.model });
      reply.code(202).header('location', `/v1/endpoints/${encodeURIComponent(name)}/probe?${query.toString()}`).header('retry-after', '2');
      return found satisfies ProbeReply;
    },
  });
  routes.route({
    method: 'GET',
    url: '/endpoints/:name/probe',
    schema: {
      params: probePathSchema,
      querystring: probeQuerySchema,
      ...operation({
        id: 'readProbe',
        tag: 'catalogue',
        summary: 'Read what an endpoint was found to do',
        description: 'The newest finding, by a probe on request or by a job. Nothing is asked of the endpoint.',
        replies: { 200: { description: 'What was found.', content: REPLY } },
        problems: [...GUARDED, 'endpoint_forbidden', 'not_found', 'unknown_model', ...STORED],
      }),
    },
    handler: async (request): Promise<ProbeReply> => service.readProbe(request.owner, request.params.name, request.query.model),
  });
}
