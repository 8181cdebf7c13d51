import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Call, Completion } from '../../src/core/types.ts';
import { dialects } from '../../src/endpoints/index.ts';
import type { Endpoint, Supports } from '../../src/service/ports.ts';
import { answer, chat, MODEL, never, note, openEndpoint, prompt, reasons, sums } from '../helpers/endpoint-kit.ts';
import { startModelServer, type ModelServer, type ModelServerOptions } from '../helpers/model-server.ts';

/*
 * What every endpoint keeps, whatever its dialect and whatever its server can do: the contract of service/ports.ts.
 */

const TEXT = 'Zürich, not 東京!';
const servers: [string, ModelServerOptions][] = [
  ['a server like vLLM', {}],
  ['a server without /tokenize', { tokenize: false }],
  ['a server that spells words in bytes', { spelling: 'bytes' }],
  ['a server without token strings', { spelling: 'bytes', pieces: 'none' }],
  ['a server that takes no lists', { lists: false }],
  ['a server like llama.cpp', { native: {} }],
  ['a server like llama.cpp with eight slots', { native: { slots: 8 } }],
  ['a server like llama.cpp that spells words in bytes', { native: {}, spelling: 'bytes' }],
  ['a server like llama.cpp with one memory for all, without lists', { native: { unified: true, lists: false } }],
  ['a newer vLLM', { vllm: {} }],
  ['a newer vLLM that spells words in bytes', { vllm: {}, spelling: 'bytes' }],
  ['a vLLM that replays decodes, without echo', { vllm: { scores: 'ignored' }, echo: 'off', promptLogprobs: false }],
  ['a server like SGLang', { sglang: {} }],
  ['a server like SGLang that spells words in bytes, one prompt at a time', { sglang: { lists: false, zero: false }, spelling: 'bytes' }],
  ['a server like TGI', { tgi: {} }],
  ['a server like TGI that spells words in bytes', { tgi: { templateBegins: true }, spelling: 'bytes' }],
  ['a server like OpenAI', { openai: {}, topLogprobs: 20, alternatives: ['I', ' I', 'Z'] }],
  ['a server like Ollama', { ollama: {}, alternatives: ['I', ' I', 'Z'] }],
  ['a server without prompt log-probabilities', { echo: 'ignored', promptLogprobs: false }],
  ['a server that shows first tokens', { topLogprobs: 20, alternatives: ['I', ' I', 'Z'] }],
  ['a server that shows nothing but five first tokens', { echo: 'off', promptLogprobs: false, topLogprobs: 5, topLimit: 5, alternatives: ['I', ' I'] }],
];

const matrix = dialects.flatMap(({ id }) => servers.map(([name, options]) => ({ id, name, options })));

describe.each(matrix)('$id on $name', ({ id, options }) => {
  let server: ModelServer;
  let endpoint: Endpoint;
  let supports: Supports;
  let close: () => Promise<void>;

  beforeAll(async () => {
    server = await startModelServer({
      ...options,
      answer: ({ text }) => (text.includes('secret') ? (text.endsWith('>') ? TEXT : ` ${TEXT}`) : ' I do not know.'),
      refuse: (text) => text.includes('poison'),
    });
    ({ endpoint, close } = openEndpoint(server.url, { dialect: id, price: { promptPerMillion: 1, completionPerMillion: 2 } }));
    supports = await endpoint.supports(MODEL, never);
  });

  afterAll(async () => {
    await close();
    await server.close();
  });

  // a server like llama.cpp tells nothing of tokens that are parts of characters
  const weighs = (shape: 'chat' | 'completion') =>
    supports.weighing[shape].length > 0 && !(options.native && options.spelling === 'bytes');

  const shapes: { shape: 'chat' | 'completion'; call: (text: string) => Call; reference: Completion }[] = [
    { shape: 'chat', call: (text) => chat(text), reference: answer(TEXT) },
    { shape: 'completion', call: (text) => prompt(`${text}:`, { max_tokens: 64 }), reference: answer(` ${TEXT}`) },
  ];

  describe.each(shapes)('$shape', ({ shape, call, reference: said }) => {
    // Ollama's completions are chats
    const reference = options.ollama ? answer(TEXT) : said;
    const calls = ['a secret place', 'any place', 'poison', 'the secret of it', 'nothing', 'one more secret', 'last'].map(call);

    it('generates: every item ends once, one that is refused fails alone', async () => {
      const asked = await note(calls.length, (ask) => endpoint.generate(calls, ask));
      expect(asked.outcomes.map((outcome) => outcome?.kind)).toEqual(
        calls.map((_, index) => (index === 2 ? 'failed' : 'generated')),
      );
      expect(reasons(asked)[2]).toMatch(/^http 400\b/);
      expect(asked.outcomes[0]).toEqual({ kind: 'generated', completion: reference });
      expect(asked.admitted.flat().toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6]);
      expect(asked.usage).toMatchObject({
        calls: 0,
        costUsd: expect.closeTo((asked.usage.promptTokens + 2 * asked.usage.completionTokens) / 1e6, 12) as number,
      });
      expect(asked.usage.promptTokens).toBeGreaterThan(0);
    });

    it('weighs on a grid that covers the answer, or says that it cannot', async () => {
      const first = calls[0] ?? {};
      if (!weighs(shape)) {
        await expect(endpoint.grid(first, reference, never)).rejects.toMatchObject({ code: 'scorer_unavailable' });
        return;
      }
      const grid = await endpoint.grid(first, reference, never);
      const ends = [...grid.ends];
      expect(ends.at(-1)).toBe(reference.text.length);
      expect(ends).toEqual(ends.toSorted((a, b) => a - b));
      expect(await endpoint.grid(first, reference, never)).toEqual(grid);
      const asked = await note(calls.length, (ask) => endpoint.weigh(calls, reference, grid, ask));
      expect(asked.outcomes.map((outcome) => outcome?.kind)).toEqual(
        calls.map((_, index) => (index === 2 ? 'failed' : 'weighed')),
      );
      for (const outcome of asked.outcomes) if (outcome?.kind === 'weighed') expect(outcome.logprobs.length).toBe(ends.length);
      const weights = sums(asked);
      for (const told of [0, 3, 5]) {
        for (const untold of [1, 4, 6]) expect(weights[told]).toBeGreaterThan((weights[untold] ?? 0) + 10);
      }
      expect(asked.usage.promptTokens).toBeGreaterThan(0);
      const again = await note(calls.length, (ask) => endpoint.weigh(calls.toReversed(), reference, grid, ask));
      expect(sums(again).toReversed()).toEqual(weights);
    });

    it('shows what answers begin with, or says that it cannot', async () => {
      if (supports.opening[shape] === 0) {
        expect(supports[shape]).not.toBe('first_token');
        await expect(note(1, (ask) => endpoint.open([calls[0] ?? {}], ask))).rejects.toMatchObject({ code: 'scorer_unavailable' });
        return;
      }
      const asked = await note(calls.length, (ask) => endpoint.open(calls, ask));
      expect(asked.outcomes.map((outcome) => outcome?.kind)).toEqual(calls.map((_, index) => (index === 2 ? 'failed' : 'opened')));
      for (const outcome of asked.outcomes) {
        if (outcome?.kind !== 'opened') continue;
        const values = outcome.top.map(({ logprob }) => logprob);
        expect(values).toEqual(values.toSorted((a, b) => b - a));
        expect(values.length).toBeLessThanOrEqual(20);
        expect(values.reduce((sum, value) => sum + Math.exp(value), 0)).toBeLessThanOrEqual(1.001);
      }
      const first = asked.outcomes.map((outcome) => (outcome?.kind === 'opened' ? outcome.top[0]?.token.trim() : undefined));
      // spelled in bytes it begins with a letter, or a space
      const spelled = shape === 'chat' ? 'Z' : '';
      expect(first[0]).toBe(options.spelling === 'bytes' ? spelled : 'Zürich,');
      expect([first[0], first[3], first[5]]).toEqual([first[0], first[0], first[0]]);
      expect([first[1], first[4], first[6]]).toEqual(['I', 'I', 'I']);
      expect(asked.usage).toMatchObject({ calls: 0, completionTokens: calls.length - 1 });
      const none = await note(2, (ask) => endpoint.open(calls.slice(0, 2), ask), { admit: () => false });
      expect(none.outcomes).toEqual([undefined, undefined]);
    });

    it('asks nothing that is not admitted, and nothing of nothing', async () => {
      const before = server.evaluationCount();
      const ask = (list: readonly Call[], admit: () => boolean) =>
        note(list.length, (own) => endpoint.generate(list, own), { admit });
      expect((await ask(calls, () => false)).outcomes.every((outcome) => outcome === undefined)).toBe(true);
      expect((await ask([], () => true)).usage.httpRequests).toBe(0);
      if (weighs(shape)) {
        const none = await note(
          1,
          (own) => endpoint.weigh([calls[0] ?? {}], reference, { ends: Int32Array.of(reference.text.length) }, own),
          { admit: () => false },
        );
        expect(none.outcomes).toEqual([undefined]);
        expect((await note(0, (own) => endpoint.weigh([], reference, { ends: Int32Array.of(1) }, own))).usage.httpRequests).toBe(
          0,
        );
      }
      expect(server.evaluationCount()).toBe(before);
    });

    it('stops with the caller’s reason', async () => {
      const reason = new Error('stopped');
      await expect(
        note(1, (own) => endpoint.generate([calls[0] ?? {}], own), { signal: AbortSignal.abort(reason) }),
      ).rejects.toBe(reason);
      await expect(endpoint.supports('unseen', AbortSignal.abort(reason))).rejects.toBe(reason);
    });
  });

  it('shows itself without a key', () => {
    expect(endpoint.info).toMatchObject({ name: 'test', dialect: id, baseUrl: server.url });
    expect(endpoint.identity).toBe(`test|${server.url}`);
  });
});
