import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { attributionsReplySchema } from '../../contract/replies.ts';
import { attributionsSchema } from '../../contract/request.ts';
import type { Service } from '../../service/service.ts';
import { GUARDED, operation, PLANNED, STORED, WITH_BODY } from '../operation.ts';
import { noQuerySchema, pathSchema } from '../path.ts';

/** Other targets of a job that has a result. */
export function attributionRoutes(scope: FastifyInstance, service: Service): void {
  scope.withTypeProvider<ZodTypeProvider>().route({
    method: 'POST',
    url: '/explanations/:id/attributions',
    schema: {
      params: pathSchema,
      body: attributionsSchema,
      querystring: noQuerySchema,
      ...operation({
        id: 'attributeTargets',
        tag: 'results',
        summary: 'Explain other targets of the same completion',
        description: 'Fits other targets from the stored evaluations. No model is asked, so it costs nothing.',
        replies: {
          200: { description: 'The targets and their attributions.', content: { 'application/json': attributionsReplySchema } },
        },
        problems: [
          ...GUARDED,
          ...WITH_BODY,
          ...PLANNED,
          'not_found',
          'not_finished',
          'no_result',
          'evaluations_missing',
          ...STORED,
        ],
      }),
    },
    handler: async (request) => service.attribute(request.owner, request.params.id, request.body),
  });
}
