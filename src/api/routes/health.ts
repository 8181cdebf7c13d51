import type { FastifyInstance } from 'fastify';
import { aliveSchema, type Ready, readySchema } from '../../contract/replies.ts';
import type { Health } from '../../service/ports.ts';
import { operation } from '../operation.ts';

/** What can be asked of Redis while it is away counts as nothing. */
async function readiness(health: Health): Promise<Ready> {
  const redis = await health.ping().catch(() => false);
  const workers = redis ? await health.workers().catch(() => 0) : 0;
  const reasons = [
    ...(redis ? [] : ['Redis does not answer.']),
    ...(redis && workers === 0 ? ['No worker has been seen within the last 15 seconds.'] : []),
  ];
  return { status: reasons.length === 0 ? 'ready' : 'not_ready', redis, workers, reasons };
}

/** For probes. Both states of readiness have one shape: a service that is not ready is no error of the request. */
export function healthRoutes(app: FastifyInstance, health: Health, version: string): void {
  app.get(
    '/healthz',
    {
      schema: operation({
        id: 'readHealth',
        tag: 'service',
        summary: 'Alive',
        description: 'The process answers.',
        replies: { 200: { description: 'Alive.', content: { 'application/json': aliveSchema } } },
        problems: ['validation_failed', 'internal'],
        open: true,
      }),
    },
    async () => ({ status: 'ok', version }),
  );

  app.get(
    '/readyz',
    {
      schema: operation({
        id: 'readReadiness',
        tag: 'service',
        summary: 'Ready',
        description: 'Redis answers, and a worker has been seen.',
        replies: {
          200: { description: 'Ready.', content: { 'application/json': readySchema } },
          503: { description: 'Not ready; `reasons` says why.', content: { 'application/json': readySchema } },
        },
        problems: ['validation_failed', 'internal'],
        open: true,
      }),
    },
    async (_request, reply) => {
      const ready = await readiness(health);
      return reply.code(ready.status === 'ready' ? 200 : 503).send(ready);
    },
  );
}
