import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { evaluationsHeadersSchema, negotiate } from '../../contract/headers.ts';
import { evaluationsSchema } from '../../contract/replies.ts';
import { toCsv } from '../../core/evaluationtable.ts';
import { ProblemError } from '../../errors.ts';
import type { Service } from '../../service/service.ts';
import { GUARDED, operation, STORED } from '../operation.ts';
import { noQuerySchema, pathSchema } from '../path.ts';

const OFFERS = ['application/json', 'text/csv'] as const;

/** The masks that were asked and what came of them, for anybody to refit. */
export function evaluationRoutes(scope: FastifyInstance, service: Service): void {
  scope.withTypeProvider<ZodTypeProvider>().route({
    method: 'GET',
    url: '/explanations/:id/evaluations',
    schema: {
      params: pathSchema,
      headers: evaluationsHeadersSchema,
      querystring: noQuerySchema,
      ...operation({
        id: 'readEvaluations',
        tag: 'results',
        summary: 'Read the stored evaluations',
        description:
          'Every mask that was asked with its values, as JSON or, by `Accept: text/csv`, as CSV (RFC 4180, with a header line).',
        replies: {
          200: {
            description: 'The evaluations.',
            content: { 'application/json': evaluationsSchema, 'text/csv': z.string() },
            headers: ['Vary'],
          },
        },
        problems: [...GUARDED, 'not_found', 'not_acceptable', 'not_finished', 'no_result', 'evaluations_missing', ...STORED],
      }),
    },
    handler: async (request, reply) => {
      const type = negotiate(request.headers.accept, OFFERS);
      reply.header('vary', 'accept');
      if (type === null) throw new ProblemError('not_acceptable', `This can be had as ${OFFERS.join(' or ')}.`);
      const table = await service.evaluations(request.owner, request.params.id);
      if (type === 'text/csv') return reply.header('content-type', 'text/csv; charset=utf-8; header=present').send(toCsv(table));
      return reply.send(table);
    },
  });
}
