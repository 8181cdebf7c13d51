import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { type ModelServer, type ModelServerOptions, startModelServer } from '../helpers/model-server.ts';
import { eventsIn, type SeenEvent } from '../helpers/events.ts';
import { freePort } from '../helpers/ports.ts';
import { type RunningProcess, startProcess } from '../helpers/processes.ts';
import { startTestRedis, type TestRedis } from '../helpers/redis.ts';
import type { Explanation } from '../helpers/stack.ts';

/*
 * The shipped processes (one API, two workers) over a Redis that keeps every write, and a model server that counts. What
 * tests of faults have in common: fifty jobs must end well whatever happens in their middle, and nothing may be asked of
 * the model twice but what was under way.
 */

export const JOBS = 50;
const UNITS = 6;
const WORKERS = 2;
/** Requests that a worker has under way at most. */
const CONCURRENCY = 4;
/** What may be asked twice after a fault that every worker felt. */
export const IN_FLIGHT = WORKERS * CONCURRENCY;

/** A way to a server that can be cut off and opened again, on one port. */
interface Relay {
  port: number;
  down: () => Promise<void>;
  up: () => Promise<void>;
}

async function startRelay(target: number): Promise<Relay> {
  const sockets = new Set<Socket>();
  const port = await freePort();
  const listen = async () => {
    const server = createServer((socket) => {
      const onward = connect(target, '127.0.0.1');
      for (const [from, to] of [[socket, onward], [onward, socket]] as const) {
        sockets.add(from);
        from.pipe(to);
        from.on('error', () => to.destroy()).on('close', () => sockets.delete(from));
      }
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return server;
  };
  let server = await listen();
  return {
    port,
    async down() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    async up() {
      server = await listen();
    },
  };
}

export interface Service {
  redis: TestRedis;
  server: ModelServer;
  /** Between the workers and the model server. */
  relay: Relay;
  api: RunningProcess;
  workers: RunningProcess[];
  startApi: () => Promise<RunningProcess>;
  /** @param entry left out: the shipped one */
  startWorker: (entry?: string) => Promise<RunningProcess>;
  /** Posts a job under an Idempotency-Key until it is accepted, as a careful client does. @param more of the request */
  submit: (index: number, more?: object) => Promise<string>;
  /** Polls until the job has ended, whatever the API says meanwhile. */
  finished: (id: string) => Promise<Explanation>;
  erase: (id: string) => Promise<void>;
  /** What stands in the prompt of this job and of no other. */
  textOf: (index: number) => string;
  read: (path: string) => Promise<unknown>;
  /** All events of a job that has ended. */
  events: (id: string) => Promise<SeenEvent[]>;
  /** Resolves once this share of all that fifty jobs need was asked since `forget`. */
  asked: (share: number) => Promise<void>;
  /** Requests that came more than once since `forget`, counted beyond the first. */
  askedTwice: () => number;
  /** Begins to count anew; jobs that are submitted after it are others. */
  forget: () => void;
  /** Fifty jobs, in whose middle the fault happens: all have to end well. */
  survive: (fault: () => Promise<void>) => Promise<void>;
  stop: () => Promise<void>;
}

const call = (batch: number, index: number) => ({
  model: 'm',
  temperature: 0,
  messages: [{ role: 'user', content: `Job ${batch}-${index} starts. The hay is dry. A needle is in it. The barn is red. The cow is out. It is noon.` }],
});

interface ServiceOptions {
  /** Of the model: with it the fault comes while there is work left. */
  latencyMs?: number;
  workers?: number;
  hold?: ModelServerOptions['hold'];
}

export async function startService({ latencyMs = 40, workers: running = WORKERS, hold }: ServiceOptions = {}): Promise<Service> {
  const redis = await startTestRedis({ appendOnly: true });
  const server = await startModelServer({ answer: ({ text }) => (text.includes('needle') ? 'found' : 'lost'), echo: 'off', promptLogprobs: false, tokenize: false, chatLogprobs: false, latencyMs, ...(hold ? { hold } : {}) });
  const relay = await startRelay(Number(new URL(server.url).port));
  const folder = await mkdtemp(join(tmpdir(), 'wherefore-faults-'));
  const file = join(folder, 'endpoints.json');
  await writeFile(file, JSON.stringify({ endpoints: [{ name: 'local', base_url: `http://127.0.0.1:${relay.port}/v1`, models: ['m'], concurrency: CONCURRENCY }] }));
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  const env = { REDIS_URL: redis.url, ENDPOINTS_FILE: file, PORT: String(port), WORKER_CONCURRENCY: '2', WEBHOOK_ALLOW_PRIVATE_NETWORK: 'true' };
  const processes: RunningProcess[] = [];
  const start = async (...of: Parameters<typeof startProcess>) => {
    const process = await startProcess(...of);
    processes.push(process);
    return process;
  };
  const startApi = () => start('src/bin/api.ts', env, { readyUrl: `${base}/healthz` });
  const startWorker = (entry = 'src/bin/worker.ts') => start(entry, env, { readyPattern: /worker takes jobs/ });
  const [api, ...workers] = await Promise.all([startApi(), ...Array.from({ length: running }, () => startWorker())]);

  /** null while the API is away or busy. */
  const send = async (path: string, init?: RequestInit): Promise<Response | null> => {
    const reply = await fetch(base + path, init).catch(() => null);
    return reply === null || reply.status === 503 || reply.status === 409 ? null : reply;
  };
  const until = async (path: string, init?: RequestInit): Promise<Response> => {
    for (;;) {
      const reply = await send(path, init);
      if (reply) return reply;
      await sleep(250);
    }
  };
  const read = async (path: string): Promise<unknown> => (await until(path)).json();
  let batch = 0;
  let before = 0;
  const service: Service = {
    redis,
    server,
    relay,
    api,
    workers,
    startApi,
    startWorker,
    async erase(id) {
      expect((await until(`/v1/explanations/${id}`, { method: 'DELETE' })).status).toBe(204);
    },
    textOf: (index) => `Job ${batch}-${index} starts`,
    async submit(index, more = {}) {
      const reply = await until('/v1/explanations', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': `job-${batch}-${index}` },
        body: JSON.stringify({ call: call(batch, index), completion: 'found', method: { id: 'leave-one-out' }, scorer: { id: 'exact' }, ...more }),
      });
      const text = await reply.text();
      expect([reply.status, text]).toEqual([expect.toBeOneOf([200, 202]), expect.any(String)]);
      return (JSON.parse(text) as Explanation).id;
    },
    async finished(id) {
      for (;;) {
        const job = (await read(`/v1/explanations/${id}`)) as Explanation;
        if (['completed', 'failed', 'cancelled'].includes(job.status)) return job;
        await sleep(200);
      }
    },
    read,
    events: async (id) => eventsIn(await (await until(`/v1/explanations/${id}/events`)).text()),
    async asked(share) {
      while (server.evaluationCount() - before < JOBS * UNITS * share) await sleep(10);
    },
    askedTwice() {
      const counts = new Map<string, number>();
      for (const { path, body } of server.requests) {
        const messages = JSON.stringify(body['messages']);
        if (path === '/v1/chat/completions' && messages.includes(`Job ${batch}-`)) counts.set(messages, (counts.get(messages) ?? 0) + 1);
      }
      return [...counts.values()].reduce((sum, count) => sum + count - 1, 0);
    },
    forget() {
      batch += 1;
      before = server.evaluationCount();
    },
    async survive(fault) {
      service.forget();
      const ids = await Promise.all(Array.from({ length: JOBS }, (_, index) => service.submit(index)));
      await service.asked(0.3);
      await fault();
      expectWhole(await Promise.all(ids.map(service.finished)));
    },
    async stop() {
      await Promise.all(processes.map((process) => process.stop()));
      await relay.down();
      await server.close();
      await redis.stop();
      await rm(folder, { recursive: true });
    },
  };
  return service;
}

/** Every job completed, with the right unit found. */
export function expectWhole(jobs: readonly Explanation[]): void {
  expect(jobs.map((job) => job.error ?? job.status)).toEqual(jobs.map(() => 'completed'));
  for (const job of jobs) {
    const scores = job.result?.attributions[0]?.scores ?? [];
    expect(scores).toHaveLength(UNITS);
    expect(scores[2]).toBe(1);
    expect(job.result?.evaluations.failed).toBe(0);
  }
}
