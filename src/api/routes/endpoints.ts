import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { publicPrice } from '../../contract/price.ts';
import { type EndpointList, endpointsSchema } from '../../contract/replies.ts';
import type { Consulted, EndpointInfo } from '../../service/ports.ts';
import type { Service } from '../../service/service.ts';
import { GUARDED, operation } from '../operation.ts';
import { noQuerySchema } from '../path.ts';

const consulted = (who: Consulted | null) => who && { endpoint: who.endpoint, model: who.model };

/** The address stays inside: it may hold credentials, and tells callers of the operator's network. */
function shown(info: EndpointInfo, defaultName: string): EndpointList['data'][number] {
  const { price } = info;
  return {
    name: info.name,
    default: info.name === defaultName,
    dialect: info.dialect,
    models: [...info.models],
    concurrency: info.concurrency,
    max_batch: info.maxBatch,
    requests_per_minute: info.requestsPerMinute,
    tokens_per_minute: info.tokensPerMinute,
    timeout_seconds: info.timeoutSeconds,
    price: price && publicPrice(price),
    embedding: consulted(info.embedding),
    nli: consulted(info.nli),
    judge: consulted(info.judge),
  };
}

/** The endpoints that the caller may name. */
export function endpointRoutes(scope: FastifyInstance, service: Service): void {
  scope.withTypeProvider<ZodTypeProvider>().route({
    method: 'GET',
    url: '/endpoints',
    schema: {
      querystring: noQuerySchema,
      ...operation({
        id: 'listEndpoints',
        tag: 'catalogue',
        summary: 'List the configured endpoints',
        description: 'The model servers that a request can name, with their limits and prices.',
        replies: { 200: { description: 'The endpoints.', content: { 'application/json': endpointsSchema } } },
        problems: GUARDED,
      }),
    },
    handler: async (request): Promise<EndpointList> => {
      const { defaultName, endpoints, callerEndpoints } = service.endpoints(request.owner);
      return { default: defaultName, caller_endpoints: callerEndpoints, data: endpoints.map((info) => shown(info, defaultName)) };
    },
  });
}
