import { afterEach, describe, expect, it } from 'vitest';
import type { Supports } from '../../src/service/ports.ts';
import { answer, chat, MODEL, never, note, reasons, sums } from '../helpers/endpoint-kit.ts';
import type { ModelServerOptions } from '../helpers/model-server.ts';
import { ANSWER, kept, masks, openProbed, planted, plantedShapes, valueOf } from '../helpers/planted.ts';
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const open = (options: ModelServerOptions, more: Parameters<typeof openProbed>[2] = {}) => openProbed(closers, { native: {}, ...options }, more);

const rungs = ({ chat: ofChat, completion, lists }: Supports) => ({ chat: ofChat, completion, lists });
const FORCED = { chat: 'forced_decoding', completion: 'forced_decoding', lists: true };
const TEXT = { chat: 'text', completion: 'text', lists: true };
/** What it generates is shown with alternatives all the same. */
const SHOWN = { chat: 'first_token', completion: 'first_token', lists: true };

describe('forced decoding is found by asking', () => {
  it.each(['auto', 'llama.cpp'])('by the dialect %s, in a few small requests', async (dialect) => {
    const { server, supports } = await open({}, { dialect });
    expect(rungs(supports)).toEqual(FORCED);
    expect(supports.notes.join('\n')).toContain('chat: forced decoding (the answer forced by a grammar of token ids)');
    const ofResponses = server.requests.filter(({ path }) => path === '/v1/responses').length;
    expect(ofResponses).toBeLessThanOrEqual(3);
    expect(server.requests.length - ofResponses).toBeLessThanOrEqual(dialect === 'auto' ? 30 : 25);
    expect(server.requests.every(({ body }) => Number(body['max_tokens'] ?? body['n_predict'] ?? 0) <= 6)).toBe(true);
  });

  it.each<[string, ModelServerOptions, object]>([
    ['gives what the grammar left over', { native: { forced: 'zeroed' } }, TEXT],
    ['gives hardly less than certainty', { native: { forced: 'masked' } }, TEXT],
    ['gives other values than it generates with', { native: { forced: 'skewed' } }, TEXT],
    ['drafts tokens', { native: { forced: 'drafted' } }, SHOWN],
    ['gives probabilities after sampling', { native: { forced: 'after sampling' } }, SHOWN],
    ['ignores the grammar', { native: { grammar: 'ignored' } }, SHOWN],
    ['cuts what is forced otherwise', { native: { grammar: 'text' }, answer: () => ' Vilnius' }, SHOWN],
    ['has no such route', { native: { missing: ['/completion'] } }, SHOWN],
    ['does not tokenize', { native: { missing: ['/tokenize'] } }, SHOWN],
    ['does not render chats', { native: { missing: ['/apply-template'] } }, { ...FORCED, chat: 'first_token' }],
    ['does not tell of its slots', { native: { missing: ['/props'] } }, FORCED],
    ['has one slot', { native: { slots: 1 } }, FORCED],
    ['takes no lists there', { native: { lists: false } }, FORCED],
    ['takes no lists anywhere', { native: { lists: false }, lists: false }, { ...FORCED, lists: false }],
    ['spells words in bytes and answers in them', { spelling: 'bytes', answer: ({ text }) => (text.endsWith('>') ? 'Zürich née 東京' : ' Zürich née 東京') }, SHOWN],
    ['spells words in bytes that it does not answer in', { spelling: 'bytes' }, FORCED],
    ['answers nothing', { answer: () => '' }, TEXT],
    ['finds every answer as likely as the other', { logprob: () => -1 }, SHOWN],
    ['keeps the log-probabilities of chats', { chatLogprobs: false }, { ...FORCED, chat: 'text' }],
  ])('a server that %s', async (_, options, expected) => {
    const { supports } = await open(options);
    expect(rungs(supports)).toEqual(expected);
  });

  it('says why not', async () => {
    expect((await open({ native: { forced: 'drafted' } })).supports.notes.join('\n')).toContain('decodes speculatively');
    expect((await open({ native: { grammar: 'ignored' } })).supports.notes.join('\n')).toContain('other tokens than were forced');
  });
});

describe('weighing by forced decoding', () => {
  it.each(plantedShapes)('is exact: a planted game comes back (%s)', async (_, call, text) => {
    const { endpoint } = await open(planted);
    const calls = masks.map((mask) => call(kept(mask)));
    const grid = await endpoint.grid(calls.at(-1) ?? {}, answer(text), never);
    const asked = await note(calls.length, (ask) => endpoint.weigh(calls, answer(text), grid, ask));
    const first = asked.outcomes.map((outcome) => (outcome?.kind === 'weighed' ? outcome.logprobs[0] : undefined));
    for (const mask of masks) expect(first[mask]).toBeCloseTo(valueOf(mask), 9);
    // what finding the grid weighed on the way is the same evaluation
    expect([...(grid.logprobs ?? [])]).toEqual([...(asked.outcomes.at(-1)?.kind === 'weighed' ? (asked.outcomes.at(-1) as { logprobs: Float64Array }).logprobs : [])]);
  });

  it('counts what the server counts, cached tokens too', async () => {
    const { endpoint, server } = await open(planted, { concurrency: 1 });
    const call = chat(kept(15));
    const used = { calls: 0, promptTokens: 0, cachedTokens: 0, completionTokens: 0 };
    const before = server.evaluationCount();
    const grid = await endpoint.grid(call, answer(ANSWER), never, (usage) => {
      for (const name of ['calls', 'promptTokens', 'cachedTokens', 'completionTokens'] as const) used[name] += usage[name];
    });
    expect(used.calls).toBe(1);
    expect(server.evaluationCount() - before).toBe(1);
    expect(used.completionTokens).toBe(grid.ends.length);
    const again = await note(2, (ask) => endpoint.weigh([call, call], answer(ANSWER), grid, ask));
    expect(again.usage.promptTokens).toBe(2 * used.promptTokens);
    // all but the last token of each
    expect(again.usage.cachedTokens).toBe(2 * (used.promptTokens - 1));
    expect(again.usage.completionTokens).toBe(2 * grid.ends.length);
  });

  it('asks for slots by number where they keep what they read, and only there', async () => {
    const slotsAsked = async (native: NonNullable<ModelServerOptions['native']>): Promise<unknown[]> => {
      const { endpoint, server } = await open({ ...planted, native });
      const from = server.requests.length;
      const calls = masks.map((mask) => chat(kept(mask)));
      const grid = await endpoint.grid(calls[15] ?? {}, answer(ANSWER), never);
      await note(calls.length, (ask) => endpoint.weigh(calls, answer(ANSWER), grid, ask));
      return [...new Set(server.requests.slice(from).filter(({ path }) => path === '/completion').map(({ body }) => body['id_slot']))].toSorted((a, b) => Number(a) - Number(b));
    };
    expect(await slotsAsked({ slots: 3 })).toEqual([0, 1, 2]);
    expect(await slotsAsked({ slots: 3, unified: true })).toEqual([undefined]);
    expect(await slotsAsked({ slots: 3, missing: ['/props'] })).toEqual([undefined]);
  });

  it.each([
    ['one slot', 1, 0.72],
    ['eight slots', 8, 0.75],
  ])('%s: neighbours share beginnings, so that half masks of sixteen segments are not read whole', async (_, slots, most) => {
    const { endpoint } = await open({ native: { slots }, answer: () => 'Yes' }, { concurrency: 8, maxBatch: 64 });
    const segments = Array.from({ length: 16 }, (_segment, index) => Array.from({ length: 16 }, (_word, word) => `w${index}.${word}`).join(' '));
    const coin = seeded(3);
    const words = (count: number, letter: string) => Array.from({ length: count }, (_word, word) => `${letter}${word}`).join(' ');
    const calls = Array.from({ length: 48 }, () => chat(`${words(24, 'h')} ${segments.filter(() => coin()).join(' ')} ${words(32, 't')}`));
    const grid = await endpoint.grid(calls[0] ?? {}, answer('Yes'), never);
    const { usage } = await note(calls.length, (ask) => endpoint.weigh(calls, answer('Yes'), grid, ask));
    expect(1 - usage.cachedTokens / usage.promptTokens).toBeLessThanOrEqual(most);
  });

  it('never asks a server to reuse what stood after a text that was taken away', async () => {
    const { endpoint, server } = await open(planted);
    const grid = await endpoint.grid(chat(kept(15)), answer(ANSWER), never);
    await note(2, (ask) => endpoint.weigh([chat(kept(3)), chat(kept(5))], answer(ANSWER), grid, ask));
    // without a prompt it is only asked whether there is such a route
    const forced = server.requests.filter(({ path, body }) => path === '/completion' && body['prompt'] !== undefined);
    expect(forced.every(({ body }) => body['n_cache_reuse'] === 0 && (body['grammar'] === undefined || body['post_sampling_probs'] === false))).toBe(true);
  });

  it('fails an item whose tokens are not the forced ones, and no other', async () => {
    let broken = false;
    const { endpoint } = await open({ ...planted, native: { slots: 2 }, tamper: (reply) => (broken ? swapped(reply) : reply) });
    const calls = masks.slice(0, 4).map((mask) => chat(kept(mask)));
    const grid = await endpoint.grid(calls[3] ?? {}, answer(ANSWER), never);
    broken = true;
    const asked = await note(4, (ask) => endpoint.weigh(calls, answer(ANSWER), grid, ask));
    expect(reasons(asked).filter((reason) => reason === 'malformed: the server generated other tokens than were forced').length).toBe(2);
    expect(sums(asked).filter(Number.isFinite).length).toBe(2);
  });

  it('refuses an answer with a token inside a character, and no other', async () => {
    const { endpoint } = await open({ spelling: 'bytes' });
    await expect(endpoint.grid(chat('Where?'), answer('Zürich'), never)).rejects.toMatchObject({ code: 'scorer_unavailable', message: expect.stringContaining('inside a character') as string });
    const grid = await endpoint.grid(chat('Where?'), answer('Zurich'), never);
    expect([...grid.ends]).toEqual([6]);
  });

  it('refuses an answer that repeats the message it goes on with', async () => {
    const { endpoint } = await open(planted);
    const ending = { model: MODEL, messages: [{ role: 'user', content: 'Where?' }, { role: 'assistant', content: 'In Z' }] };
    await expect(endpoint.grid(ending, answer('In Zurich.'), never)).rejects.toMatchObject({ code: 'scorer_unavailable' });
    expect((await endpoint.grid(ending, answer('urich.'), never)).ends.at(-1)).toBe(6);
  });

  it('refuses what has no ids', async () => {
    const { endpoint } = await open(planted);
    const picture = { model: MODEL, messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:,' } }] }] };
    await expect(endpoint.grid(picture, answer(ANSWER), never)).rejects.toMatchObject({ code: 'scorer_unavailable' });
    await expect(endpoint.grid({ model: MODEL, prompt: ['a', 'b'] }, answer(ANSWER), never)).rejects.toMatchObject({ code: 'scorer_unavailable' });
    const grid = await endpoint.grid(chat('Where?'), answer(ANSWER), never);
    const asked = await note(2, (ask) => endpoint.weigh([chat('Where?'), { model: MODEL, prompt: [1, 2] }], answer(ANSWER), grid, ask));
    expect(asked.outcomes.map((outcome) => outcome?.kind)).toEqual(['weighed', 'failed']);
  });
});

/** A fair coin that falls the same way every time. */
function seeded(seed: number): () => boolean {
  let state = seed;
  return () => {
    state = Math.imul(state, 1_664_525) + 1_013_904_223;
    return (state >>> 31) === 1;
  };
}

/** The first item of a reply of /completion says another token than was forced. */
function swapped(reply: object): object {
  const items = (Array.isArray(reply) ? reply : [reply]) as { tokens?: number[] }[];
  const [first] = items;
  if (!first?.tokens || !('completion_probabilities' in first)) return reply;
  const changed = [{ ...first, tokens: first.tokens.toReversed() }, ...items.slice(1)];
  return Array.isArray(reply) ? changed : (changed[0] ?? {});
}
