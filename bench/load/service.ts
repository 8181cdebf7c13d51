import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startModelServer } from '../../test/helpers/model-server.ts';
import { freePort } from '../../test/helpers/ports.ts';
import { type RunningProcess, startProcess } from '../../test/helpers/processes.ts';
import { type TestRedis } from '../../test/helpers/redis.ts';

/** The shipped processes on a Redis, with a model server that answers at once. */
export interface Service {
  url: string;
  addWorker(): Promise<Watched>;
  api: Watched;
  close(): Promise<void>;
}

export interface Watched {
  process: RunningProcess;
  /** A sample of /metrics by the start of its line. */
  metric(name: string): Promise<number>;
}

const DOCUMENT = Array.from({ length: 12 }, (_, index) => `Sentence ${index} says that the barn of farm ${index * 7} is red and its hay is dry.`).join(' ');

/** A call of 14 sentences. */
export const jobBody = (text: string): string =>
  JSON.stringify({
    call: { model: 'm', temperature: 0, messages: [{ role: 'system', content: 'Answer in a word.' }, { role: 'user', content: `${text} ${DOCUMENT} A needle is in it.` }] },
    completion: 'found',
    method: { id: 'leave-one-out' },
    scorer: { id: 'exact' },
  });

function watched(process: RunningProcess, url: string): Watched {
  return {
    process,
    async metric(name) {
      const text = await (await fetch(`${url}/metrics`)).text();
      return Number(text.split('\n').find((line) => line.startsWith(`${name} `))?.slice(name.length + 1));
    },
  };
}

export async function startService(redis: TestRedis, prefix: string, more: Record<string, string> = {}): Promise<Service> {
  const server = await startModelServer({ answer: ({ text }) => (text.includes('needle') ? 'found' : 'lost'), echo: 'off', promptLogprobs: false, tokenize: false, chatLogprobs: false });
  const folder = await mkdtemp(join(tmpdir(), 'wherefore-bench-'));
  const file = join(folder, 'endpoints.json');
  await writeFile(file, JSON.stringify({ default: 'local', endpoints: [{ name: 'local', base_url: server.url, models: ['m'], concurrency: 16 }] }));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const env = { REDIS_URL: redis.url, KEY_PREFIX: prefix, ENDPOINTS_FILE: file, PORT: String(port), MAX_QUEUE: '1000000', ...more };
  const api = await startProcess('src/bin/api.ts', env, { readyUrl: `${url}/healthz` });
  const running = [api];
  return {
    url,
    api: watched(api, url),
    async addWorker() {
      const workerPort = await freePort();
      const workerUrl = `http://127.0.0.1:${workerPort}`;
      const worker = await startProcess('src/bin/worker.ts', { ...env, WORKER_METRICS_PORT: String(workerPort) }, { readyUrl: `${workerUrl}/readyz` });
      running.push(worker);
      return watched(worker, workerUrl);
    },
    async close() {
      await Promise.all(running.map((process) => process.stop()));
      await server.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** Accepts a job and waits for its end. Gives its id. */
export async function finishedJob(url: string, text: string): Promise<string> {
  const reply = await fetch(`${url}/v1/explanations`, { method: 'POST', headers: { 'content-type': 'application/json', prefer: 'wait=60' }, body: jobBody(text) });
  const job = (await reply.json()) as { id: string; status: string };
  if (job.status !== 'completed') throw new Error(`the job is ${job.status}`);
  return job.id;
}
