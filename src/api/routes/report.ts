import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { negotiate, reportHeadersSchema } from '../../contract/headers.ts';
import type { Result } from '../../contract/resource.ts';
import { ProblemError } from '../../errors.ts';
import { TERMINAL } from '../../service/ports.ts';
import type { Service } from '../../service/service.ts';
import { GUARDED, operation, STORED } from '../operation.ts';
import { noQuerySchema, pathSchema } from '../path.ts';
import { htmlReport } from '../report/html.ts';
import { markdownReport } from '../report/markdown.ts';

const OFFERS = ['text/html', 'text/markdown'] as const;
const FORMS = { 'text/html': htmlReport, 'text/markdown': markdownReport } as const;

/** Prompt and answer are untrusted: the page may load and run nothing, wherever it is opened. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/** A finished explanation as a page for people. */
export function reportRoutes(scope: FastifyInstance, service: Service): void {
  scope.withTypeProvider<ZodTypeProvider>().route({
    method: 'GET',
    url: '/explanations/:id/report',
    schema: {
      params: pathSchema,
      headers: reportHeadersSchema,
      querystring: noQuerySchema,
      ...operation({
        id: 'readReport',
        tag: 'results',
        summary: 'Read the report',
        description: 'The result as a self-contained HTML page with the heat map, or, by `Accept: text/markdown`, as Markdown.',
        replies: { 200: { description: 'The report.', content: { 'text/html': z.string(), 'text/markdown': z.string() }, headers: ['Vary'] } },
        problems: [...GUARDED, 'not_found', 'not_acceptable', 'not_finished', 'no_result', ...STORED],
      }),
    },
    handler: async (request, reply) => {
      const type = negotiate(request.headers.accept, OFFERS);
      reply.header('vary', 'accept');
      if (type === null) throw new ProblemError('not_acceptable', `This can be had as ${OFFERS.join(' or ')}.`);
      const stored = await service.read(request.owner, request.params.id);
      if (!TERMINAL.has(stored.status)) throw new ProblemError('not_finished', `the explanation is ${stored.status}: wait until it has ended`);
      if (stored.result === 'null') throw new ProblemError('no_result', `the explanation is ${stored.status} and has no result`);
      const report = FORMS[type](stored.id, JSON.parse(stored.result) as Result);
      return reply
        .header('content-type', `${type}; charset=utf-8`)
        .header('content-security-policy', POLICY)
        .header('cache-control', 'private, no-cache')
        .send(report);
    },
  });
}
