import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { catalogueSchema } from '../../contract/catalogue.ts';
import type { Service } from '../../service/service.ts';
import { GUARDED, operation } from '../operation.ts';
import { noQuerySchema } from '../path.ts';

/** What a request can choose from. */
export function catalogueRoutes(scope: FastifyInstance, service: Service): void {
  scope.withTypeProvider<ZodTypeProvider>().route({
    method: 'GET',
    url: '/catalogue',
    schema: {
      querystring: noQuerySchema,
      ...operation({
        id: 'readCatalogue',
        tag: 'catalogue',
        summary: 'List methods, segmenters, perturbers and scorers',
        description: 'Each with its options as JSON Schema and the options that stand when none is given.',
        replies: { 200: { description: 'The catalogue.', content: { 'application/json': catalogueSchema } } },
        problems: GUARDED,
      }),
    },
    handler: async () => service.catalogue(),
  });
}
