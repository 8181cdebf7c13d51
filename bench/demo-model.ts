import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import type { Usage } from '../demo/answers.ts';
import { findModelFolder } from '../demo/model-files.ts';
import type { PoolOptions } from '../demo/pool.ts';
import { startDemoServer } from '../demo/server.ts';

/*
 * How fast the embedded model reads, weighs and answers, asked over HTTP as an endpoint is.
 *
 *   node bench/demo-model.ts
 *
 * Every figure is the median of ROUNDS rounds on one warm server, per second and per second of processor time (all
 * threads, the HTTP side included). Tolerance: a quarter for the latter; wall time is at the mercy of what else runs.
 */

const ROUNDS = 3;
const MASKS = 64;
/** Prompt tokens per second that two cores must reach without a cache. */
const TARGET = 1500;

interface HeldOut {
  prompt: string;
  sentences: string[];
  question: string;
  model_answer: string;
}

interface Measured {
  tokens: number;
  cached: number;
  /** Median seconds of a round. */
  seconds: number;
  /** Median seconds of processor time. */
  cpu: number;
}

const lines = readFileSync(join(findModelFolder(), 'eval.jsonl'), 'utf8').trim().split('\n');
const heldOut = lines.map((line) => JSON.parse(line) as HeldOut);

/** Prompt and answer, each sentence kept with probability one half; drawn anew in every round: none was seen before. */
function halfMasks(row: HeldOut, round: number): string[] {
  let state = 1 + round;
  const coin = (): boolean => {
    state = Math.imul(state, 1_664_525) + 1_013_904_223;
    return (state >>> 31) === 1;
  };
  return Array.from({ length: MASKS }, () => {
    const kept = row.sentences.filter(() => coin()).join(' ');
    return `<|user|>${kept}\n${row.question}<|end|><|assistant|>${row.model_answer}`;
  });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

async function measure(url: string, prompts: (round: number) => string[], ask: Record<string, unknown>): Promise<Measured> {
  const wall: number[] = [];
  const cpu: number[] = [];
  let tokens = 0;
  let cached = 0;
  for (let round = -1; round < ROUNDS; round++) {
    const body = JSON.stringify({ model: 'tiny-reader', temperature: 0, ...ask, prompt: prompts(round) });
    const start = performance.now();
    const before = process.cpuUsage();
    const response = await fetch(`${url}/completions`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    const reply = (await response.json()) as { usage: Usage };
    if (!response.ok) throw new Error(JSON.stringify(reply));
    // The first round warms the compiler up.
    if (round < 0) continue;
    const used = process.cpuUsage(before);
    wall.push((performance.now() - start) / 1000);
    cpu.push((used.user + used.system) / 1e6);
    tokens += reply.usage.prompt_tokens / ROUNDS;
    cached += reply.usage.prompt_tokens_details.cached_tokens / ROUNDS;
  }
  return { tokens, cached, seconds: median(wall), cpu: median(cpu) };
}

const read = { max_tokens: 0 };
const weigh = { max_tokens: 0, echo: true, logprobs: 0 };

type Task = 'reading' | 'weighing' | 'masks' | 'answering';

async function onServer(options: PoolOptions): Promise<Record<Task, Measured>> {
  const server = await startDemoServer(options);
  try {
    const some = heldOut.slice(0, MASKS).map(({ prompt }) => prompt);
    const long = heldOut.find(({ sentences }) => sentences.length >= 10)!;
    return {
      reading: await measure(server.url, () => some, read),
      weighing: await measure(server.url, () => some, weigh),
      masks: await measure(server.url, (round) => halfMasks(long, round), weigh),
      answering: await measure(server.url, () => some, { max_tokens: 32 }),
    };
  } finally {
    await server.close();
  }
}

function cell({ tokens, cached, seconds, cpu }: Measured): string {
  const share = Math.round((100 * cached) / tokens);
  return `${Math.round(tokens / seconds)} (${Math.round(tokens / cpu)}), ${seconds.toFixed(2)} s, ${share} % cached`;
}

/** Runs the benchmark and gives its section of docs/benchmarks.md. */
export async function run(): Promise<string> {
  const threads = Math.min(2, availableParallelism());
  const load = loadavg()[0]!.toFixed(1);
  const alone = await onServer({ threads: 1, cacheBytes: 0 });
  const cold = await onServer({ threads, cacheBytes: 0 });
  const warm = await onServer({ threads });
  const row = (name: string, key: Task): string => {
    return `| ${name} | ${[alone, cold, warm].map((on) => cell(on[key])).join(' | ')} |`;
  };
  const reached = cold.reading.tokens / cold.reading.seconds;
  const implied = (threads * cold.reading.tokens) / cold.reading.cpu;
  return [
    '## The embedded model',
    '',
    `Over HTTP, ${MASKS} prompts in a list; medians of ${ROUNDS} rounds: prompt tokens per second (and per second of processor ` +
      `time), length of a round, share of the tokens that the prefix cache knew. ${cpus()[0]?.model ?? 'Unknown processor'}, ` +
      `${availableParallelism()} cores, load ${load} at the start. Tolerance: a quarter per second of processor time; ` +
      'wall time depends on what else runs.',
    '',
    `| | 1 thread, no cache | ${threads} threads, no cache | ${threads} threads, cache |`,
    '|---|---|---|---|',
    row('read prompts', 'reading'),
    row('weigh every prompt token', 'weighing'),
    row(`weigh ${MASKS} half masks of one prompt`, 'masks'),
    row('read and answer', 'answering'),
    '',
    `Target: ${TARGET} prompt tokens/s uncached on ${threads} threads; measured ${Math.round(reached)}, by processor time ` +
      `${Math.round(implied)}: ${Math.max(reached, implied) >= TARGET ? 'reached' : 'missed'}. ` +
      'With the cache, rounds repeat the same prompts, except that half masks are drawn anew in every round.',
    '',
  ].join('\n');
}

if (import.meta.main) process.stdout.write(await run());
