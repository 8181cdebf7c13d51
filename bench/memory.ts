import { Redis } from 'ioredis';
import { startTestRedis } from '../test/helpers/redis.ts';
import { redisBytes } from './load/crowd.ts';
import { jobBody, startService, type Watched } from './load/service.ts';

const JOBS = 5_000;
const WINDOW = 1_000;
/** Jobs that are open at once. */
const OPEN = 32;
const TOLERANCE = 0.1;
const SAMPLE_MS = 250;

/** The least that a process used within each window: what is live, as against what waits to be collected. */
class Floor {
  readonly #least: number[] = [];

  add(jobs: number, bytes: number): void {
    const window = Math.min(JOBS / WINDOW - 1, Math.floor(jobs / WINDOW));
    this.#least[window] = Math.min(this.#least[window] ?? Infinity, bytes);
  }

  /** Megabytes by window. */
  get megabytes(): number[] {
    return this.#least.map((bytes) => bytes / 2 ** 20);
  }
}

const heapOf = (watched: Watched) => watched.metric('nodejs_heap_size_used_bytes');
const external = (watched: Watched) => watched.metric('nodejs_external_memory_bytes');
const live = async (watched: Watched) => (await heapOf(watched)) + (await external(watched));

/** The section of docs/benchmarks.md: whether API and worker grow over five thousand jobs. */
export async function run(): Promise<string> {
  const redis = await startTestRedis();
  const service = await startService(redis, '{memory}', { LOG_LEVEL: 'warn' });
  const worker = await service.addWorker();
  const floors = { API: new Floor(), worker: new Floor() };
  const client = new Redis(redis.url);
  const before = await redisBytes(client);
  let sent = 0;
  let ended = 0;
  const submitAndWait = async (): Promise<void> => {
    while (sent < JOBS) {
      sent += 1;
      const reply = await fetch(`${service.url}/v1/explanations`, { method: 'POST', headers: { 'content-type': 'application/json', prefer: 'wait=60' }, body: jobBody(`Job ${sent}.`) });
      const { status } = (await reply.json()) as { status: string };
      if (status !== 'completed') throw new Error(`a job is ${status}`);
      ended += 1;
    }
  };
  const over = new AbortController();
  const sampling = (async () => {
    while (!over.signal.aborted) {
      const [api, other] = await Promise.all([live(service.api), live(worker)]);
      floors.API.add(ended, api);
      floors.worker.add(ended, other);
      await new Promise((resolve) => setTimeout(resolve, SAMPLE_MS));
    }
  })();
  await Promise.all(Array.from({ length: OPEN }, submitAndWait));
  over.abort();
  await sampling;
  const each = ((await redisBytes(client)) - before) / JOBS;
  client.disconnect();
  await service.close();
  await redis.stop();
  const rows = Object.entries(floors).map(([name, floor]) => {
    const windows = floor.megabytes;
    // the first window holds what is loaded and compiled once
    const growth = (windows.at(-1) ?? NaN) / (windows[1] ?? NaN) - 1;
    return `| ${name} | ${windows.map((value) => value.toFixed(1)).join(' · ')} | ${(100 * growth).toFixed(1)} % | ${growth <= TOLERANCE ? 'met' : 'MISSED'} |`;
  });
  return [
    `## Memory over ${JOBS} jobs`,
    '',
    `One API, one worker, ${OPEN} jobs open at a time, each of 14 evaluations that differ. The least live memory (heap and buffers, MB) within each`,
    `window of ${WINDOW} jobs. Tolerance: the last window at most ${100 * TOLERANCE} % above the second.`,
    '',
    '| process | MB by window | growth | |',
    '|---|---|---|---|',
    ...rows,
    '',
    `Redis keeps ${(each / 1024).toFixed(1)} kB for each job, its outcomes in the cache included, until they expire.`,
  ].join('\n');
}
