import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { demoEndpoint } from '../src/bin/demo-endpoint.ts';
import type { Call } from '../src/core/types.ts';
import { createEndpoints } from '../src/endpoints/index.ts';
import type { Endpoint, Endpoints } from '../src/service/ports.ts';
import { runJob } from './job.ts';

/*
 * Whether a server is kept busy: wall time of 200 evaluations against what its slots allow, and what the service itself
 * computes for each.
 */

const EVALUATIONS = 200;
const MS = 50;
const SLOTS = [8, 32];
const RUNS = 5;
const TOLERANCE = 1.1;
const REQUESTS_OVER = 3;

const chat = (index: number): Call => ({ model: 'm', messages: [{ role: 'user', content: `Is number ${index} even?` }] });
const prompt = (index: number): Call => ({ model: 'm', prompt: `Is number ${index} even?` });

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

async function withServer<T>(slots: number, perPrompt: boolean, work: (endpoints: Endpoints) => Promise<T>): Promise<T> {
  const worker = new Worker(new URL('./slots-server.ts', import.meta.url), { workerData: { slots, milliseconds: MS, perPrompt } });
  const [url] = (await once(worker, 'message')) as [string];
  // twice the slots: what waits at the server takes a slot the moment that it is free
  const settings = { ...demoEndpoint(url), models: ['m'], concurrency: 2 * slots, maxBatch: 64, identity: `saturation ${url}` };
  const endpoints = createEndpoints({ default: 'demo', endpoints: [settings] }, {});
  try {
    return await work(endpoints);
  } finally {
    await endpoints.close();
    await worker.terminate();
  }
}

/** Wall time of the evaluations in ms: the median of some runs, connections and findings being there. */
async function wallTime(endpoint: Endpoint, call: (index: number) => Call): Promise<number> {
  await endpoint.supports('m', new AbortController().signal);
  const times: number[] = [];
  for (let round = 0; round <= RUNS; round += 1) {
    const calls = Array.from({ length: EVALUATIONS }, (_, index) => call(1_000 * round + index));
    let answered = 0;
    const begun = performance.now();
    await endpoint.generate(calls, {
      signal: new AbortController().signal,
      admit: () => true,
      onOutcome: (_, outcome) => void (answered += Number(outcome.kind === 'generated')),
      onUsage: () => undefined,
    });
    if (answered !== EVALUATIONS) throw new Error(`${EVALUATIONS - answered} evaluations failed`);
    if (round > 0) times.push(performance.now() - begun);
  }
  return median(times);
}

function endpointOf(endpoints: Endpoints): Endpoint {
  const endpoint = endpoints.get('demo');
  if (!endpoint) throw new Error('the endpoint is not there');
  return endpoint;
}

interface Kind {
  name: string;
  perPrompt: boolean;
  call: (index: number) => Call;
  /** ms at best, and at most. */
  ideal: (slots: number) => number;
  most: (ideal: number) => number;
}

const KINDS: readonly Kind[] = [
  { name: 'single prompts (chat)', perPrompt: true, call: chat, ideal: (slots) => Math.ceil(EVALUATIONS / slots) * MS, most: (ideal) => TOLERANCE * ideal },
  { name: 'lists, time per prompt', perPrompt: true, call: prompt, ideal: (slots) => Math.ceil(EVALUATIONS / slots) * MS, most: (ideal) => TOLERANCE * ideal },
  { name: 'lists, time per request', perPrompt: false, call: prompt, ideal: () => MS, most: (ideal) => ideal + REQUESTS_OVER * MS },
];

/** CPU ms of this thread, where all of the service runs, for each evaluation of a whole job. */
async function overhead(): Promise<{ cpu: number; evaluations: number }> {
  return withServer(32, true, async (endpoints) => {
    const text = Array.from({ length: 40 }, (_, index) => `Fact ${index} is of no weight.`).join(' ');
    const body = (seed: number) => ({ call: { model: 'm', messages: [{ role: 'user', content: text }] }, completion: 'yes', scorer: { id: 'exact' }, method: { id: 'lasso', options: {} }, budget: { calls: EVALUATIONS }, seed });
    await runJob(endpoints, body(0));
    const before = process.threadCpuUsage();
    const { usage } = await runJob(endpoints, body(1));
    const { user, system } = process.threadCpuUsage(before);
    return { cpu: (user + system) / 1_000 / usage.calls, evaluations: usage.calls };
  });
}

/** The section of docs/benchmarks.md. */
export async function run(): Promise<string> {
  const rows: string[] = [];
  for (const kind of KINDS) {
    for (const slots of SLOTS) {
      const wall = await withServer(slots, kind.perPrompt, async (endpoints) => wallTime(endpointOf(endpoints), kind.call));
      const ideal = kind.ideal(slots);
      const most = kind.most(ideal);
      rows.push(`| ${kind.name} | ${slots} | ${ideal.toFixed(0)} | ${wall.toFixed(0)} | ${most.toFixed(0)} | ${wall <= most ? 'met' : 'MISSED'} |`);
    }
  }
  const { cpu, evaluations } = await overhead();
  return [
    '## Keeping a server busy',
    '',
    `${EVALUATIONS} evaluations on a server with slots that takes ${MS} ms for each prompt, or for each request; \`concurrency\` is twice the slots,`,
    `\`max_batch\` 64. Median wall time of ${RUNS} runs. At best, a slot takes whole prompts: ⌈${EVALUATIONS} / slots⌉ · ${MS} ms; where a request costs the same`,
    `whatever it holds, ${MS} ms.`,
    '',
    `Tolerance: ${TOLERANCE.toFixed(2)} times the best; with time per request, ${REQUESTS_OVER} requests' time over it.`,
    '',
    '| server | slots | best, ms | took, ms | at most, ms | |',
    '|---|---|---|---|---|---|',
    ...rows,
    '',
    `A whole job of ${evaluations} evaluations (plan, masks, rendering, asking, scoring, fit) took ${cpu.toFixed(2)} ms of CPU for each.`,
  ].join('\n');
}
