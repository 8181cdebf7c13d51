import { findModelFolder } from '../demo/model-files.ts';
import { Tokenizer } from '../demo/tokenizer.ts';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Call } from '../src/core/types.ts';
import { createEndpoints } from '../src/endpoints/index.ts';
import type { Endpoint, Usage } from '../src/service/ports.ts';
import { LLAMA_SERVER, SPLIT_SLOTS, startLlamaServer } from '../test/helpers/llama-server.ts';

/*
 * What the order of perturbed prompts saves on llama.cpp: the share of prompt tokens that its server says it read anew.
 *
 *   LLAMA_SERVER=/path/to/llama-server npm run bench -- prefix-cache
 *
 * An instruction, sixteen segments of about sixteen tokens and a question, each segment kept with probability one half. Counts, not
 * times: one run says it all but for the draw of the masks, which moves a share by two or three points.
 */

const MODEL = 'tiny-reader';
const SEGMENTS = 16;
const SEGMENT_TOKENS = 16;
const MASKS = 48;
const SYSTEM = 'You are a helpful assistant. Use only the text.';
const QUESTION = 'Question: In which city does Lars live, and who is the best friend of Vera?';
const ANSWER = 'In Ghent.';

const tokenizer = new Tokenizer(findModelFolder());

/** Sentences of the held-out passages, joined to segments of about the same length. */
function segments(): string[] {
  const rows = readFileSync(join(findModelFolder(), 'eval.jsonl'), 'utf8').trim().split('\n');
  const sentences = new Set(rows.flatMap((row) => (JSON.parse(row) as { sentences: string[] }).sentences));
  const found: string[] = [];
  let open = '';
  for (const sentence of sentences) {
    open = open === '' ? sentence : `${open} ${sentence}`;
    const length = tokenizer.encode(open).length;
    if (length < SEGMENT_TOKENS - 1) continue;
    if (length <= SEGMENT_TOKENS + 1) found.push(open);
    open = '';
    if (found.length === SEGMENTS) return found;
  }
  throw new Error('the held-out passages are too short');
}

/** Calls with about half of the segments, drawn by a fixed generator. */
function halves(parts: readonly string[], seed: number): Call[] {
  let state = seed;
  const coin = (): boolean => {
    state = Math.imul(state, 1_664_525) + 1_013_904_223;
    return (state >>> 31) === 1;
  };
  return Array.from({ length: MASKS }, () => ({
    model: MODEL,
    messages: [{ role: 'system', content: SYSTEM }, { role: 'user', content: `${parts.filter(() => coin()).join(' ')}\n${QUESTION}` }],
  }));
}

const never = new AbortController().signal;

/** Prompt tokens read anew, of all prompt tokens. */
class Share {
  #all = 0;
  #cached = 0;

  add({ promptTokens, cachedTokens }: Pick<Usage, 'promptTokens' | 'cachedTokens'>): void {
    this.#all += promptTokens;
    this.#cached += cachedTokens;
  }

  get value(): number {
    return 1 - this.#cached / this.#all;
  }
}

/** Through an endpoint, as a job asks: sorted, one run of neighbours for each slot. */
async function ordered(endpoint: Endpoint, calls: readonly Call[]): Promise<number> {
  const share = new Share();
  const completion = { text: ANSWER, toolCalls: [], finishReason: 'stop' };
  const grid = await endpoint.grid(calls[0] ?? {}, completion, never);
  await endpoint.weigh(calls, completion, grid, {
    signal: never,
    admit: () => true,
    onOutcome: (_, outcome) => {
      if (outcome.kind !== 'weighed') throw new Error(outcome.kind === 'failed' ? outcome.reason : outcome.kind);
    },
    onUsage: (usage) => share.add(usage),
  });
  return share.value;
}

/** As they were drawn, dealt to so many slots in turn. */
async function unordered(root: string, calls: readonly Call[], slots: number): Promise<number> {
  const share = new Share();
  const ask = async (path: string, body: object): Promise<Record<string, unknown>> => {
    const reply = await fetch(root + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
    if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`);
    return (await reply.json()) as Record<string, unknown>;
  };
  const lane = async (slot: number): Promise<void> => {
    for (const call of calls.filter((_, index) => index % slots === slot)) {
      const { prompt } = await ask('/apply-template', call);
      const { timings } = await ask('/completion', { prompt, id_slot: slot, n_predict: 1, n_cache_reuse: 0, temperature: 0 });
      const { cache_n: cached, prompt_n: read } = timings as { cache_n: number; prompt_n: number };
      share.add({ promptTokens: cached + read, cachedTokens: cached });
    }
  };
  await Promise.all(Array.from({ length: slots }, (_, slot) => lane(slot)));
  return share.value;
}

async function onFreshServer(flags: readonly string[], measure: (root: string, endpoint: (concurrency: number) => Endpoint) => Promise<number>): Promise<number> {
  const server = await startLlamaServer(flags);
  const opened: { close(): Promise<void> }[] = [];
  const endpointOf = (concurrency: number): Endpoint => {
    const settings = {
      name: 'llama', baseUrl: server.url, dialect: 'llama.cpp', apiKey: null, models: [MODEL], concurrency, maxBatch: 64,
      requestsPerMinute: null, tokensPerMinute: null, timeoutSeconds: 120, price: null, allowPrivateNetwork: true,
    };
    const endpoints = createEndpoints({ default: 'llama', endpoints: [settings] }, {});
    opened.push(endpoints);
    const endpoint = endpoints.get('llama');
    if (!endpoint) throw new Error('the endpoint is not there');
    return endpoint;
  };
  try {
    return await measure(server.root, endpointOf);
  } finally {
    for (const each of opened) await each.close();
    await server.close();
  }
}

const DRAWS = [1, 2, 3];

/** Runs the benchmark and gives its section of docs/benchmarks.md; null without a server to run it on. */
export async function run(): Promise<string | null> {
  if (LLAMA_SERVER === '') {
    process.stdout.write('prefix-cache: not run, LLAMA_SERVER is not set\n');
    return null;
  }
  const parts = segments();
  const mean = async (flags: readonly string[], measure: (calls: Call[], root: string, endpoint: (concurrency: number) => Endpoint) => Promise<number>): Promise<string> => {
    let total = 0;
    for (const draw of DRAWS) total += await onFreshServer(flags, (root, endpoint) => measure(halves(parts, draw), root, endpoint));
    return `${((100 * total) / DRAWS.length).toFixed(1)} %`;
  };
  const shares = {
    one: await mean(SPLIT_SLOTS, (calls, root) => unordered(root, calls, 1)),
    oneSorted: await mean(SPLIT_SLOTS, (calls, _, endpoint) => ordered(endpoint(1), calls)),
    eight: await mean(SPLIT_SLOTS, (calls, root) => unordered(root, calls, 8)),
    eightSorted: await mean(SPLIT_SLOTS, (calls, _, endpoint) => ordered(endpoint(8), calls)),
    shared: await mean([], (calls, _, endpoint) => ordered(endpoint(8), calls)),
  };
  return [
    '## Prefix cache on llama.cpp',
    '',
    `Prompt tokens that llama-server read anew, by its own counters: an instruction of ${tokenizer.encode(SYSTEM).length} tokens, ${SEGMENTS} segments of about ${SEGMENT_TOKENS} and a question of ${tokenizer.encode(QUESTION).length}, ` +
      `${MASKS} half masks, mean of ${DRAWS.length} draws, a fresh server for each (\`${SPLIT_SLOTS.join(' ')}\`). Tolerance: three points, by the draw.`,
    '',
    '| | as drawn | sorted, a run of neighbours for each slot |',
    '|---|---|---|',
    `| one after the other | ${shares.one} | ${shares.oneSorted} |`,
    `| eight slots | ${shares.eight} | ${shares.eightSorted} |`,
    `| the server's own defaults (four slots, one memory, prompt cache in RAM) | – | ${shares.shared} |`,
    '',
  ].join('\n');
}
