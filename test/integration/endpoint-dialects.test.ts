import { afterEach, describe, expect, it } from 'vitest';
import { answer, chat, never, note, prompt, reasons } from '../helpers/endpoint-kit.ts';
import type { ModelServerOptions } from '../helpers/model-server.ts';
import { ANSWER, kept, masks, openProbed, planted, plantedShapes, valueOf } from '../helpers/planted.ts';
/*
 * Each dialect on a server that behaves like the real one, and on one that gives plausible wrong numbers.
 */

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const open = (options: ModelServerOptions, more: Parameters<typeof openProbed>[2] = {}) => openProbed(closers, options, more);

const A1 = { chat: ['suffix_prefill'], completion: ['suffix_prefill'], responses: [] };
const A2 = { chat: ['prompt_logprobs'], completion: ['prompt_logprobs'], responses: [] };
const A2B = { chat: ['prompt_logprobs', 'forced_decoding'], completion: ['prompt_logprobs', 'forced_decoding'], responses: [] };
const B = { chat: ['forced_decoding'], completion: ['forced_decoding'], responses: [] };
const NONE = { chat: [], completion: [], responses: [] };
/** No echo, and nothing else by which an answer could be read as a prompt. */
const MUTE: ModelServerOptions = { echo: 'off', promptLogprobs: false };

describe('who weighs is found by asking', () => {
  const cases: [string, string, ModelServerOptions, object][] = [
    ['vllm', 'scores given tokens', { vllm: {} }, A1],
    ['vllm', 'scores hardly below 0, and traces', { vllm: { scores: 'masked' } }, A2B],
    ['vllm', 'scores 0, and traces', { vllm: { scores: 'zeroed' } }, A2B],
    ['vllm', 'scores otherwise than it generates, and traces', { vllm: { scores: 'skewed' } }, A2B],
    ['vllm', 'knows no scores, and traces', { vllm: { scores: 'ignored' } }, A2B],
    ['vllm', 'knows no scores and drafts instead of tracing', { vllm: { scores: 'ignored', trace: 'ignored' } }, A2],
    ['vllm', 'knows no scores and traces 0', { vllm: { scores: 'ignored', trace: 'zeroed' } }, A2],
    ['vllm', 'knows no scores and traces what a mask left', { vllm: { scores: 'ignored', trace: 'masked' } }, A2],
    ['vllm', 'traces and echoes nothing', { ...MUTE, vllm: { scores: 'ignored' } }, B],
    ['vllm', 'ignores echo and has prompt_logprobs for completions', { echo: 'ignored', keyed: 'raw' }, A2],
    ['vllm', 'masks those', { echo: 'ignored', promptLogprobs: false, keyed: 'masked' }, NONE],
    ['vllm', 'gives 0 for those', { echo: 'ignored', promptLogprobs: false, keyed: 'zeroed' }, NONE],
    ['sglang', 'weighs the end of prompts', { sglang: {} }, A1],
    ['sglang', 'takes one start for all', { sglang: { lists: false } }, A1],
    ['sglang', 'wants a token at least', { sglang: { zero: false } }, A1],
    ['sglang', 'does not show the ids of chats', { sglang: { chatIds: false } }, { ...A1, chat: [] }],
    ['sglang', 'weighs hardly below 0', { echo: 'off', sglang: { weighing: 'masked' } }, NONE],
    ['sglang', 'weighs 0', { echo: 'off', sglang: { weighing: 'zeroed' } }, NONE],
    ['sglang', 'weighs otherwise than it generates', { echo: 'off', sglang: { weighing: 'skewed' } }, NONE],
    ['sglang', 'weighs 0 on its own route, and echoes', { sglang: { weighing: 'zeroed' } }, { ...A2, chat: [] }],
    ['tgi', 'was started to tell of prompts', { tgi: {} }, A2],
    ['tgi', 'begins its template with the token that it puts in front', { tgi: { templateBegins: true } }, A2],
    ['tgi', 'comes as it is', { tgi: { prefill: 'off' } }, NONE],
    ['tgi', 'tells 0', { tgi: { prefill: 'zeroed' } }, NONE],
    ['tgi', 'tells hardly less than 0', { tgi: { prefill: 'masked' } }, NONE],
    ['tgi', 'tells otherwise than it generates', { tgi: { prefill: 'skewed' } }, NONE],
    ['ollama', 'has log-probabilities of answers only', { ollama: {} }, NONE],
    ['ollama', 'drafts', { ollama: { drafts: true } }, NONE],
    ['openai', 'refuses echo with logprobs', { ...MUTE, tokenize: false }, NONE],
  ];
  it.each(cases.flatMap(([dialect, ...rest]) => [dialect, 'auto'].map((name) => [name, ...rest] as const)))('%s: a server that %s', async (dialect, _, options, expected) => {
    const { supports } = await open(options, { dialect });
    expect(supports.weighing).toEqual(expected);
    for (const shape of ['chat', 'completion'] as const) expect(supports[shape]).toBe(supports.weighing[shape][0] ?? (supports.opening[shape] > 0 ? 'first_token' : 'text'));
  });
});

const servers: [string, ModelServerOptions][] = [
  ['vLLM that scores', { vllm: {} }],
  ['vLLM that traces', { ...MUTE, vllm: { scores: 'ignored' } }],
  ['SGLang', { sglang: {} }],
  ['SGLang, one at a time', { sglang: { lists: false } }],
  ['TGI', { tgi: {} }],
  ['TGI with a template that begins', { tgi: { templateBegins: true } }],
  ['prompt_logprobs on completions', { echo: 'ignored', promptLogprobs: false, keyed: 'raw' }],
];

describe('a planted game comes back', () => {
  it.each(servers.flatMap(([name, options]) => plantedShapes.map(([shape, call, text]) => [name, shape, options, call, text] as const)))('%s, %s', async (_, __, options, call, text) => {
    const { endpoint } = await open({ ...planted, ...options });
    const calls = masks.map((mask) => call(kept(mask)));
    const grid = await endpoint.grid(calls.at(-1) ?? {}, answer(text), never);
    const asked = await note(calls.length, (ask) => endpoint.weigh(calls, answer(text), grid, ask));
    expect(reasons(asked).filter(Boolean)).toEqual([]);
    const first = asked.outcomes.map((outcome) => (outcome?.kind === 'weighed' ? outcome.logprobs[0] : undefined));
    // vLLM's array is in single precision
    for (const mask of masks) expect(first[mask]).toBeCloseTo(valueOf(mask), 5);
    expect(asked.usage.promptTokens).toBeGreaterThan(0);
  });
});

describe('what each dialect is asked', () => {
  it('vLLM: where the cache knows more than the prompt, the same is asked without it', async () => {
    const { endpoint, server } = await open({ ...planted, vllm: {} });
    const long = answer(`${ANSWER} ${'and so on '.repeat(12)}`.trim());
    const call = chat(`${kept(15)} ${'word '.repeat(40)}`);
    const grid = await endpoint.grid(call, long, never);
    const from = server.requests.length;
    // prompt and answer are known by now, down to the last block
    const asked = await note(2, (ask) => endpoint.weigh([call, chat(kept(3))], long, grid, ask));
    expect(asked.outcomes.map((outcome) => outcome?.kind)).toEqual(['weighed', 'weighed']);
    expect(asked.admitted).toHaveLength(2);
    const sent = server.requests.slice(from).filter(({ path }) => path === '/inference/v1/generate').map(({ body }) => (body['sampling_params'] as Record<string, unknown>)['skip_reading_prefix_cache']);
    expect(sent).toEqual([false, false, undefined]);
  });

  it('SGLang: from the last token of the prompt on, in lists, the rest from its cache', async () => {
    const { endpoint, server } = await open({ ...planted, sglang: {} });
    const calls = masks.map((mask) => prompt(`${kept(mask)}\nAnswer:`));
    const grid = await endpoint.grid(calls[15] ?? {}, answer(` ${ANSWER}`), never);
    const from = server.requests.length;
    const { usage } = await note(16, (ask) => endpoint.weigh(calls, answer(` ${ANSWER}`), grid, ask));
    const sent = server.requests.slice(from).filter(({ path }) => path === '/generate').map(({ body }) => body);
    expect(sent.length).toBe(4);
    for (const body of sent) {
      const [lists, starts] = [body['input_ids'] as number[][], body['logprob_start_len'] as number[]];
      lists.forEach((ids, index) => expect(starts[index]).toBe(ids.length - grid.ends.length - 1));
    }
    expect(usage.cachedTokens).toBeGreaterThan(0.3 * usage.promptTokens);
  });

  it('TGI: greedily, since it samples where no temperature is given', async () => {
    const { endpoint, server } = await open({ ...planted, tgi: {} });
    const grid = await endpoint.grid(chat(kept(15)), answer(ANSWER), never);
    await note(1, (ask) => endpoint.weigh([chat(kept(3))], answer(ANSWER), grid, ask));
    const sent = server.requests.filter(({ path, body }) => path === '/generate' && body['inputs'] !== undefined);
    expect(sent.length).toBeGreaterThan(2);
    expect(sent.every(({ body }) => (body['parameters'] as Record<string, unknown>)['do_sample'] === false)).toBe(true);
  });
});
