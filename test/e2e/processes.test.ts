import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ModelServer, startModelServer } from '../helpers/model-server.ts';
import { freePort } from '../helpers/ports.ts';
import { type RunningProcess, startProcess } from '../helpers/processes.ts';
import { startTestRedis, type TestRedis } from '../helpers/redis.ts';
import type { Explanation } from '../helpers/stack.ts';

/*
 * The shipped processes: one API, two workers, a Redis, a model server that counts.
 */

const JOBS = 50;
const UNITS = 6;

let redis: TestRedis;
let server: ModelServer;
let api: RunningProcess;
let workers: RunningProcess[];
let base: string;
let folder: string;
let env: Record<string, string>;

const startWorker = () => startProcess('src/bin/worker.ts', env, { readyPattern: /worker takes jobs/ });

beforeAll(async () => {
  redis = await startTestRedis({ appendOnly: true });
  server = await startModelServer({ answer: ({ text }) => (text.includes('needle') ? 'found' : 'lost'), echo: 'off', promptLogprobs: false, tokenize: false, chatLogprobs: false, latencyMs: 20 });
  folder = await mkdtemp(join(tmpdir(), 'wherefore-e2e-'));
  const file = join(folder, 'endpoints.json');
  await writeFile(file, JSON.stringify({ default: 'local', endpoints: [{ name: 'local', base_url: server.url, models: ['m'], concurrency: 4 }] }));
  const port = await freePort();
  base = `http://127.0.0.1:${port}`;
  env = { REDIS_URL: redis.url, ENDPOINTS_FILE: file, PORT: String(port), WORKER_CONCURRENCY: '2' };
  [api, ...workers] = await Promise.all([startProcess('src/bin/api.ts', env, { readyUrl: `${base}/healthz` }), startWorker(), startWorker()]);
});

afterAll(async () => {
  await Promise.all([api, ...(workers ?? [])].map((process) => process?.stop()));
  await server?.close();
  await redis?.stop();
  if (folder) await rm(folder, { recursive: true });
});

const call = (index: number) => ({
  model: 'm',
  temperature: 0,
  messages: [{ role: 'user', content: `Job ${index} starts. The hay is dry. A needle is in it. The barn is red. The cow is out. It is noon.` }],
});

const post = (index: number) =>
  fetch(`${base}/v1/explanations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ call: call(index), completion: 'found', method: { id: 'leave-one-out' }, scorer: { id: 'exact' } }),
  });

/** As a client does: again after Retry-After while the service says 503. */
async function submit(index: number): Promise<string> {
  let reply = await post(index);
  while (reply.status === 503) {
    await new Promise((resolve) => setTimeout(resolve, Number(reply.headers.get('retry-after')) * 1000));
    reply = await post(index);
  }
  expect(reply.status).toBe(202);
  return ((await reply.json()) as Explanation).id;
}

async function finished(id: string): Promise<Explanation> {
  for (;;) {
    const job = (await (await fetch(`${base}/v1/explanations/${id}`)).json()) as Explanation;
    if (['completed', 'failed', 'cancelled'].includes(job.status)) return job;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

describe('two workers and one API', () => {
  it('share fifty jobs; kill -9 of one in the middle loses none and asks nothing twice but what was in flight', async () => {
    const ids = await Promise.all(Array.from({ length: JOBS }, (_, index) => submit(index)));
    while (server.evaluationCount() < (JOBS * UNITS) / 3) await new Promise((resolve) => setTimeout(resolve, 10));
    const shared = workers.map((worker) => worker.stderr().split('explanation ended').length - 1);
    const [victim] = workers;
    await victim?.kill9();
    const jobs = await Promise.all(ids.map(finished));

    expect(jobs.map((job) => job.status)).toEqual(Array.from({ length: JOBS }, () => 'completed'));
    expect(shared.every((count) => count > 0)).toBe(true);
    for (const job of jobs) {
      const scores = job.result?.attributions[0]?.scores ?? [];
      expect(scores).toHaveLength(UNITS);
      expect(scores[2]).toBe(1);
    }
    const asked = new Map<string, number>();
    for (const { path, body } of server.requests) {
      const messages = JSON.stringify(body['messages']);
      if (path === '/v1/chat/completions' && messages.includes('Job')) asked.set(messages, (asked.get(messages) ?? 0) + 1);
    }
    const twice = [...asked.values()].reduce((sum, count) => sum + count - 1, 0);
    // two jobs of four requests each were in flight at the kill
    expect(twice).toBeLessThanOrEqual(8);
    expect(Math.max(...asked.values())).toBeLessThanOrEqual(2);
  }, 120_000);

  it('hand their jobs back on SIGTERM, and another goes on from the cache', async () => {
    const before = server.requests.length;
    const ids = await Promise.all([100, 101].map(submit));
    while (server.requests.length < before + 4) await new Promise((resolve) => setTimeout(resolve, 5));
    const ending = await workers[1]?.stop();
    expect(ending?.code).toBe(0);
    workers.push(await startWorker());
    const jobs = await Promise.all(ids.map(finished));
    expect(jobs.map((job) => job.status)).toEqual(['completed', 'completed']);
  }, 120_000);

  it('says that it is ready only while a worker is seen, and stays up without Redis', async () => {
    expect((await fetch(`${base}/readyz`)).status).toBe(200);
    await redis.kill9();
    expect((await fetch(`${base}/healthz`)).status).toBe(200);
    const reply = await fetch(`${base}/v1/explanations/latest`);
    expect(reply.status).toBe(503);
    expect(reply.headers.get('retry-after')).toMatch(/^\d+$/);
    await redis.restart();
    const id = await submit(200);
    expect((await finished(id)).status).toBe('completed');
  }, 120_000);
});
