import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterEach, expect, it } from 'vitest';
import { createAuthenticator } from '../../../src/api/auth.ts';
import { buildWorkerApp } from '../../../src/api/worker-app.ts';
import { expectProblem, sha256 } from './app.ts';
import { MemoryHealth } from './memory-health.ts';

let app: FastifyInstance;

async function start(keys: string[] = []): Promise<MemoryHealth> {
  const health = new MemoryHealth();
  const auth = createAuthenticator(keys.map((key) => ({ owner: 'operator', sha256: sha256(key) })));
  app = await buildWorkerApp({ health, auth, version: '1.2.3', logger: pino({ level: 'silent' }), metrics: async () => 'of_jobs 1\n' });
  return health;
}

afterEach(() => app.close());

it('is ready while Redis answers and its own beat is heard, and alive in any case', async () => {
  const health = await start();
  expect((await app.inject('/readyz')).statusCode).toBe(200);
  health.seen = 0;
  expect((await app.inject('/readyz')).json()).toMatchObject({ status: 'not_ready', redis: true, workers: 0 });
  health.up = false;
  expect((await app.inject('/readyz')).json()).toMatchObject({ status: 'not_ready', redis: false });
  expect((await app.inject('/healthz')).json()).toEqual({ status: 'ok', version: '1.2.3' });
});

it('gives the metrics of process, queue and jobs', async () => {
  const health = await start();
  const text = (await app.inject('/metrics')).body;
  for (const line of ['of_jobs 1', 'wherefore_queue_oldest_seconds 12', 'wherefore_jobs_open{status="queued"} 3', 'wherefore_redis_up 1']) {
    expect(text.split('\n')).toContain(line);
  }
  expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds /m);
  health.up = false;
  const away = (await app.inject('/metrics')).body;
  expect(away).toMatch(/^wherefore_redis_up 0$/m);
  expect(away).not.toMatch(/^wherefore_(queue_oldest_seconds|jobs_open|queue_jobs|workers)[ {]/m);
});

it('shows metrics to the operator alone, and has nothing else to show', async () => {
  await start(['secret']);
  expectProblem(await app.inject('/metrics'), 'unauthorized');
  expect((await app.inject({ url: '/metrics', headers: { authorization: 'Bearer secret' } })).statusCode).toBe(200);
  expect((await app.inject('/healthz')).statusCode).toBe(200);
  expectProblem(await app.inject('/v1/explanations'), 'not_found');
  expectProblem(await app.inject({ method: 'POST', url: '/metrics' }), 'method_not_allowed');
});
