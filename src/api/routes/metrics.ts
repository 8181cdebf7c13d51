import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { operation } from '../operation.ts';
import type { Metrics } from '../plugins/metrics.ts';

/**
 * Guarded like /v1: it tells of load and routes. Without configured keys it is open, and the service then listens on
 * loopback only; Prometheus can send a key (`authorization` in its scrape configuration).
 */
export function metricsRoutes(scope: FastifyInstance, metrics: Metrics): void {
  scope.get(
    '/metrics',
    {
      schema: operation({
        id: 'readMetrics',
        tag: 'service',
        summary: 'Metrics',
        description: 'Prometheus text: the process, HTTP requests by route, the queue.',
        replies: { 200: { description: 'The metrics.', content: { 'text/plain': z.string() } } },
        problems: ['unauthorized', 'internal'],
      }),
    },
    async (_request, reply) => reply.header('content-type', metrics.contentType).send(await metrics.text()),
  );
}
