import { afterEach, describe, expect, it } from 'vitest';
import type { EndpointSettings } from '../../src/endpoints/index.ts';
import { answer, chat, MODEL, never, note, openEndpoint, prompt, reasons, sums } from '../helpers/endpoint-kit.ts';
import { startModelServer, type ModelServer, type ModelServerOptions } from '../helpers/model-server.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function start(options: ModelServerOptions = {}, more: Partial<EndpointSettings> = {}) {
  const server = await startModelServer(options);
  const { endpoint, close } = openEndpoint(server.url, more);
  closers.push(close, () => server.close());
  await endpoint.supports(MODEL, never);
  return { server, endpoint, since: server.requests.length };
}

/** A game that is exactly additive: each document present adds its worth to the first token of the answer. */
const WORTH: Record<string, number> = { alpha: 3, beta: 1.5, gamma: -0.75, delta: 0.25 };
const BASE = -9;
function game(first: string): NonNullable<ModelServerOptions['logprob']> {
  return (token, context) => {
    if (token === first) {
      return Object.entries(WORTH).reduce((sum, [word, worth]) => sum + (context.includes(word) ? worth : 0), BASE);
    }
    return token === ' is' || token === ' right.' ? -0.5 : undefined;
  };
}
const SUBSETS = Array.from({ length: 16 }, (_, bits) => Object.keys(WORTH).filter((_word, index) => (bits >> index) & 1));
const value = (words: readonly string[]) => BASE - 1 + words.reduce((sum, word) => sum + (WORTH[word] ?? 0), 0);
const TEXT = 'Paris is right.';

const evaluations = (server: ModelServer, since: number) =>
  server.requests.slice(since).reduce((sum, request) => sum + request.evaluations, 0);

describe('weighing gives exactly the log-probabilities of the given answer', () => {
  const ways: [string, ModelServerOptions][] = [
    ['by token ids', {}],
    ['by token ids, one prompt at a time', { lists: false }],
    ['by token ids, on a server that generates a token each time', { zeros: false }],
    ['by token ids, without token strings', { pieces: 'none' }],
    ['without /tokenize', { tokenize: false }],
  ];

  it.each(ways)('chats: %s', async (_, options) => {
    const { endpoint } = await start({ ...options, answer: () => TEXT, logprob: game('Paris') });
    const calls = SUBSETS.map((words) => chat(`Facts: ${words.join(' ')}\nWhich city?`));
    const grid = await endpoint.grid(calls[15] ?? {}, answer(TEXT), never);
    expect([...grid.ends]).toEqual([5, 8, 15]);
    const asked = await note(16, (options_) => endpoint.weigh(calls, answer(TEXT), grid, options_));
    sums(asked).forEach((sum, index) => expect(sum).toBeCloseTo(value(SUBSETS[index] ?? []), 10));
    expect(asked.outcomes[0]).toEqual({ kind: 'weighed', logprobs: Float64Array.of(BASE, -0.5, -0.5) });
  });

  it.each(ways)('completions: %s', async (_, options) => {
    const { endpoint } = await start({ ...options, answer: () => ` ${TEXT}`, logprob: game(' Paris') });
    const calls = SUBSETS.map((words) => prompt(`Facts: ${words.join(' ')}\nWhich city? Answer:`));
    const grid = await endpoint.grid(calls[15] ?? {}, answer(` ${TEXT}`), never);
    expect([...grid.ends]).toEqual([6, 9, 16]);
    const asked = await note(16, (options_) => endpoint.weigh(calls, answer(` ${TEXT}`), grid, options_));
    sums(asked).forEach((sum, index) => expect(sum).toBeCloseTo(value(SUBSETS[index] ?? []), 10));
  });

  it('keeps every token of a character that is spelled in bytes', async () => {
    const text = 'née 東京 🙂';
    for (const options of [{}, { pieces: 'none' }, { pieces: 'sentencepiece' }] as ModelServerOptions[]) {
      const { endpoint } = await start({
        ...options,
        spelling: 'bytes',
        answer: ({ text: asked }) => (asked.endsWith('>') ? text : ` ${text}`),
      });
      const grid = await endpoint.grid(chat('Say it.'), answer(text), never);
      expect([...grid.ends]).toEqual([1, 1, 2, 3, 4, 4, 4, 5, 5, 5, 6, 7, 7, 7, 7, 9]);
      const asked = await note(1, (options_) => endpoint.weigh([chat('Say it.')], answer(text), grid, options_));
      const [outcome] = asked.outcomes;
      expect(outcome?.kind === 'weighed' && outcome.logprobs.every((logprob) => logprob < 0 && logprob > -1)).toBe(true);
    }
  });

  it('lays tokens on the grid where the server cuts the answer otherwise', async () => {
    // as one text, "is:" and "Paris" are one token; "né" and "Paris" are spelled in bytes, the answer's part in five
    const { endpoint } = await start({
      tokenize: false,
      promptLogprobs: false,
      spelling: 'bytes',
      logprob: (token, context) => {
        if (token === ' is:Paris') return -3;
        if (context.includes('né') && 'Paris'.includes(token)) return -1;
        return token === ' so' ? -0.5 : undefined;
      },
    });
    const text = 'Paris so';
    const calls = [prompt('It is:'), prompt('It né')];
    const plain = await endpoint.grid(calls[0] ?? {}, answer(text), never);
    expect([...plain.ends]).toEqual([5, 8]);
    const onPlain = await note(2, (options) => endpoint.weigh(calls, answer(text), plain, options));
    expect(onPlain.outcomes.map((outcome) => outcome?.kind === 'weighed' && [...outcome.logprobs])).toEqual([
      [-3, -0.5],
      [-5, -0.5],
    ]);
    const spelled = await endpoint.grid(calls[1] ?? {}, answer(text), never);
    expect([...spelled.ends]).toEqual([1, 2, 3, 4, 5, 8]);
    const onSpelled = await note(2, (options) => endpoint.weigh(calls, answer(text), spelled, options));
    expect(sums(onSpelled)).toEqual([expect.closeTo(-3.5, 10), expect.closeTo(-5.5, 10)]);
  });

  it('weighs the tokens that follow the prompt, whatever else is said there', async () => {
    const { endpoint } = await start({ answer: () => 'Yes Yes' });
    const grid = await endpoint.grid(chat('Yes Yes?'), answer('Yes Yes'), never);
    const asked = await note(1, (options) => endpoint.weigh([chat('Yes Yes?')], answer('Yes Yes'), grid, options));
    expect(sums(asked)[0]).toBeGreaterThan(-2);
  });
});

describe('how weighing asks', () => {
  it('sends one list per place, sorted so that neighbours share prefixes, and never more than the batch allows', async () => {
    const { server, endpoint, since } = await start({}, { concurrency: 2, maxBatch: 5 });
    const calls = Array.from({ length: 16 }, (_, index) => chat(`${index % 2 ? 'odd' : 'even'} words ${index}`));
    const grid = await endpoint.grid(calls[0] ?? {}, answer('Vilnius'), never);
    const asked = await note(16, (options) => endpoint.weigh(calls, answer('Vilnius'), grid, options));
    expect(reasons(asked).every((reason) => reason === undefined)).toBe(true);
    const lists = server.requests
      .slice(since)
      .filter(({ path }) => path === '/v1/completions')
      .map(({ body }) => body['prompt'] as number[][]);
    expect(lists.map((list) => list.length)).toEqual([5, 5, 5, 1]);
    expect(asked.admitted.map((positions) => positions.length).toSorted((a, b) => a - b)).toEqual([1, 5, 5, 5]);
    expect(asked.admitted.flat().toSorted((a, b) => a - b)).toEqual(calls.map((_, index) => index));
    const firsts = lists.flat().map((ids) => ids[2]);
    expect(new Set(firsts.slice(0, 8)).size).toBe(1);
    expect(evaluations(server, since)).toBe(16);
    expect(server.mostAtOnce()).toBeLessThanOrEqual(2);
  });

  it('finds the one prompt of a list that is refused and weighs all others', async () => {
    const { server, endpoint, since } = await start({ refuse: (text) => text.includes('poison') }, { concurrency: 1 });
    const calls = Array.from({ length: 8 }, (_, index) => chat(index === 5 ? 'poison' : `words ${index}`));
    const grid = await endpoint.grid(calls[0] ?? {}, answer('Vilnius'), never);
    const asked = await note(8, (options) => endpoint.weigh(calls, answer('Vilnius'), grid, options));
    expect(asked.outcomes.map((outcome) => outcome?.kind)).toEqual(calls.map((_, index) => (index === 5 ? 'failed' : 'weighed')));
    expect(reasons(asked)[5]).toMatch(/^http 400: invalid_request_error/);
    expect(reasons(asked)[5]).not.toContain('poison');
    // the list, three halvings of the suspects (one of them taken with the others), the prompt at fault alone
    expect(server.requests.slice(since).filter(({ path }) => path === '/v1/completions')).toHaveLength(5);
    expect(asked.admitted).toHaveLength(1);
  });

  it('halves lists that are longer than the server takes', async () => {
    const { endpoint } = await start({ maxList: 2 }, { concurrency: 1 });
    const calls = Array.from({ length: 8 }, (_, index) => chat(`words ${index}`));
    const grid = await endpoint.grid(calls[0] ?? {}, answer('Vilnius'), never);
    const asked = await note(8, (options) => endpoint.weigh(calls, answer('Vilnius'), grid, options));
    expect(reasons(asked)).toEqual(calls.map(() => undefined));
  });

  it('leaves what is not admitted, without a word', async () => {
    const { endpoint } = await start({}, { concurrency: 2 });
    const calls = Array.from({ length: 4 }, (_, index) => chat(`words ${index}`));
    const grid = await endpoint.grid(calls[0] ?? {}, answer('Vilnius'), never);
    const asked = await note(4, (options) => endpoint.weigh(calls, answer('Vilnius'), grid, options), {
      admit: (positions) => !positions.includes(3),
    });
    expect(asked.outcomes.filter((outcome) => outcome !== undefined)).toHaveLength(2);
    expect(asked.outcomes[3]).toBeUndefined();
  });

  it('adds up what the replies say of usage, and prices it', async () => {
    const { endpoint } = await start(
      { cachedTokens: 2 },
      { concurrency: 1, price: { promptPerMillion: 1e6, completionPerMillion: 1e6 } },
    );
    const calls = [chat('one'), chat('two three')];
    const grid = await endpoint.grid(calls[0] ?? {}, answer('Vilnius'), never);
    const { usage } = await note(2, (options) => endpoint.weigh(calls, answer('Vilnius'), grid, options));
    // begin, role, words, end, role and the answer's token
    expect(usage).toEqual({ calls: 0, httpRequests: 3, promptTokens: 13, cachedTokens: 4, completionTokens: 0, costUsd: 13 });
  });
});

describe('what cannot be weighed', () => {
  it('is refused for images and for calls without a prompt', async () => {
    const { endpoint } = await start();
    const image = chat('', { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:,' } }] }] });
    await expect(endpoint.grid(image, answer('x'), never)).rejects.toMatchObject({ code: 'scorer_unavailable' });
    await expect(endpoint.grid({ model: MODEL, input: 'x' }, answer('x'), never)).rejects.toMatchObject({
      code: 'scorer_unavailable',
    });
  });

  it('is refused for calls that the chat route renders otherwise than /tokenize', async () => {
    const withTools = chat('x', { tools: [{ type: 'function', function: { name: 'f' } }] });
    const same = await start();
    expect((await same.endpoint.grid(withTools, answer('x y'), never)).ends).toEqual(Int32Array.of(1, 3));
    const other = await start({ tokenizeTools: false });
    await expect(other.endpoint.grid(withTools, answer('x y'), never)).rejects.toMatchObject({ code: 'scorer_unavailable' });
    expect((await other.endpoint.grid(chat('x'), answer('x y'), never)).ends).toEqual(Int32Array.of(1, 3));
  });

  it('is refused where a template changes the answer', async () => {
    const { endpoint } = await start({ tokenize: false, trimAnswers: true });
    expect((await endpoint.grid(chat('x'), answer('Yes it is'), never)).ends).toEqual(Int32Array.of(3, 6, 9));
    await expect(endpoint.grid(chat('x'), answer('Yes it is \n'), never)).rejects.toMatchObject({ code: 'scorer_unavailable' });
  });

  it('is refused on a server that only answers again', async () => {
    const { endpoint } = await start({ echo: 'off', promptLogprobs: false });
    await expect(endpoint.grid(chat('x'), answer('x'), never)).rejects.toMatchObject({ code: 'scorer_unavailable' });
    await expect(
      note(1, (options) => endpoint.weigh([chat('x')], answer('x'), { ends: Int32Array.of(1) }, options)),
    ).rejects.toMatchObject({ code: 'scorer_unavailable' });
  });
});
