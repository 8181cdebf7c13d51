import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { requestSchema } from '../../contract/request.ts';
import { estimateSchema } from '../../contract/resource.ts';
import type { Service } from '../../service/service.ts';
import { GUARDED, operation, PLANNED, STORED, WITH_BODY } from '../operation.ts';
import { noQuerySchema } from '../path.ts';

/** What a job would cost. */
export function estimateRoutes(scope: FastifyInstance, service: Service): void {
  scope.withTypeProvider<ZodTypeProvider>().route({
    method: 'POST',
    url: '/estimates',
    schema: {
      body: requestSchema,
      querystring: noQuerySchema,
      ...operation({
        id: 'createEstimate',
        tag: 'explanations',
        summary: 'Estimate what a job would cost',
        description: 'Takes the body of a job and says what it would ask at most. Nothing is stored and no model is asked.',
        replies: { 200: { description: 'The estimate.', content: { 'application/json': estimateSchema } } },
        problems: [...GUARDED, ...WITH_BODY, ...PLANNED, ...STORED],
      }),
    },
    handler: async (request) => service.estimate(request.owner, request.body),
  });
}
