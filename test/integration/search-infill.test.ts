import { afterEach, describe, expect, it } from 'vitest';
import type { ModelServerOptions } from '../helpers/model-server.ts';
import { Refusal } from '../helpers/model-server/refusal.ts';
import { closeAll, memory, search, serve } from '../helpers/searchjob.ts';

afterEach(closeAll);

const PASSAGE = 'Lars has a pet tortoise. The sky was clear.';
const pet = ({ text }: { text: string }) => `A ${/pet (\w+)/.exec(text)?.[1] ?? 'nothing'}.`;

interface Gap {
  gap: number;
  words: string;
}

/** A chat model that proposes words for the gaps it is asked for. */
function proposing(propose: (gaps: readonly Gap[], text: string, asked: number) => unknown): ModelServerOptions {
  let asked = 0;
  const chat = (body: Record<string, unknown>) => {
    const user = (body['messages'] as { content: string }[])[1]?.content ?? '';
    const sealed = (name: string): string => JSON.parse(new RegExp(`${name}:\\n<<<\\w+\\n(.*)\\n`).exec(user)?.[1] ?? '""') as string;
    asked += 1;
    const said = propose(JSON.parse(sealed('WORDS')) as Gap[], sealed('TEXT'), asked);
    const message = { role: 'assistant', content: typeof said === 'string' ? said : JSON.stringify(said) };
    return { choices: [{ index: 0, finish_reason: 'stop', message }], usage: { prompt_tokens: 50, completion_tokens: 10 } };
  };
  return { routes: { '/v1/chat/completions': chat } };
}

const llm = (more: object = {}) => ({ infiller: { id: 'llm', options: { endpoint: 'other', model: 'w', ...more } } });
const chats = (server: { requests: { path: string; body: Record<string, unknown> }[] }) => server.requests.filter(({ path }) => path === '/v1/chat/completions');

describe('words that a chat model proposes', () => {
  it('are asked for together, several gaps of a text in a request, and tried', async () => {
    const seen: string[] = [];
    const { endpoints, other } = await serve(({ text }) => (/tortoise|rabbit|owl/.exec(text)?.[0] ?? 'nothing'), proposing((gaps, text) => {
      seen.push(text);
      return { alternatives: gaps.map(({ words }) => (words === 'tortoise' ? ['rabbit', 'owl'] : ['other'])) };
    }));
    const { contrast, result } = await search(endpoints, PASSAGE, { id: 'mcell', options: llm() });
    expect(contrast).toMatchObject({ found: true, edits: [{ from: 'tortoise' }] });
    expect(['rabbit', 'owl']).toContain(contrast.completion);
    // eight words of one text and one request
    expect(chats(other)).toHaveLength(2);
    expect(seen[0]).toBe('[GAP 1] [GAP 2] [GAP 3] [GAP 4] [GAP 5]. [GAP 6] [GAP 7] [GAP 8] clear.');
    expect(result.usage.calls).toBe(contrast.evaluations + 2);
  });

  it('that repeat three quarters of what they are to replace are refused, and asked for once more with the reason', async () => {
    const { endpoints, other } = await serve(pet, proposing((gaps, _, asked) => ({ alternatives: gaps.map(({ words }) => [asked === 1 ? `${words}s` : 'cat']) })));
    const { contrast } = await search(endpoints, 'pet tortoise', { id: 'mcell', options: llm() });
    expect(contrast).toMatchObject({ found: true, edits: [{ to: 'cat' }] });
    const [first, second] = chats(other).map(({ body }) => JSON.stringify(body['messages']));
    expect(first).not.toContain('could not be used');
    expect(second).toContain('every alternative for gap 1 repeats the words that stand there');
  });

  it.each<[string, unknown, string]>([
    ['no JSON', 'Sure! Here are some words.', 'it was not the JSON object that was asked for'],
    ['another number of lists', { alternatives: [['x']] }, 'it had 1 lists for 2 gaps'],
    ['an empty list', { alternatives: [['x'], []] }, 'the list for gap 2 was empty'],
    ['a whole page', { alternatives: [['x'], ['one\ntwo']] }, 'held something that is no words'],
    ['a field too many', { alternatives: [['x'], ['y']], note: 1 }, 'it was not the JSON object that was asked for'],
  ])('a reply with %s is asked for once more, then refused with what was wrong', async (_, said, reason) => {
    const { endpoints, other } = await serve(pet, proposing(() => said));
    await expect(search(endpoints, 'pet tortoise', { id: 'mcell', options: llm() })).rejects.toMatchObject({ code: 'infiller_unusable', message: expect.stringContaining(reason) as string });
    expect(chats(other)).toHaveLength(2);
    expect(JSON.stringify(chats(other)[1]?.body)).toContain(reason);
  });

  it('a server that knows no schema is asked without one', async () => {
    const { routes } = proposing((gaps) => ({ alternatives: gaps.map(() => ['cat']) }));
    const strict = (body: Record<string, unknown>): object => {
      if ('response_format' in body) throw new Refusal(400, 'unsupported_parameter', 'response_format is not supported');
      return routes?.['/v1/chat/completions']?.(body) ?? {};
    };
    const { endpoints, other } = await serve(pet, { routes: { '/v1/chat/completions': strict } });
    const { contrast } = await search(endpoints, 'pet tortoise', { id: 'mcell', options: llm() });
    expect(contrast.found).toBe(true);
    expect(chats(other).some(({ body }) => !('response_format' in body))).toBe(true);
  });

  it('the budget holds for requests for words too, and what was proposed once is not asked for again', async () => {
    const { endpoints, other, asked } = await serve(() => 'Same.', proposing((gaps) => ({ alternatives: gaps.map(() => ['other']) })));
    const text = Array.from({ length: 40 }, (_, at) => `word${at}`).join(' ');
    for (const calls of [1, 2, 3, 10, 25]) {
      const before = asked().length + chats(other).length;
      const { result } = await search(endpoints, text, { id: 'cell', options: llm() }, { budget: { calls } });
      expect(asked().length + chats(other).length - before).toBeLessThanOrEqual(calls);
      expect(result.usage.calls).toBeLessThanOrEqual(calls);
    }
    const cache = memory();
    const first = await search(endpoints, text, { id: 'cell', options: llm() }, { budget: { calls: 30 } }, { cache });
    const before = asked().length + chats(other).length;
    const again = await search(endpoints, text, { id: 'cell', options: llm() }, { budget: { calls: 30 } }, { cache });
    expect(again.contrast.edits).toEqual(first.contrast.edits);
    expect(again.contrast.evaluations).toBeGreaterThanOrEqual(first.contrast.evaluations);
    expect(asked().length + chats(other).length - before).toBeLessThanOrEqual(30);
  });

  it('of an endpoint that is not there are refused before anything is asked', async () => {
    const { endpoints } = await serve(pet);
    const method = { id: 'mcell', options: { infiller: { id: 'llm', options: { endpoint: 'nowhere' } } } };
    await expect(search(endpoints, PASSAGE, method)).rejects.toMatchObject({ code: 'unknown_endpoint', faults: [{ pointer: '/method/options/infiller/options/endpoint' }] });
    await expect(search(endpoints, PASSAGE, { id: 'mcell', options: { infiller: { id: 'swap', options: { words: { absent: ['x'] } } } } })).rejects.toMatchObject({ code: 'nothing_to_explain', faults: [{ pointer: '/method/options/infiller' }] });
  });
});

describe('words that a model fills in between', () => {
  const middle = (more: object = {}) => ({ infiller: { id: 'fill-in-the-middle', options: { endpoint: 'other', model: 'w', ...more } } });

  it('by /infill where the server has it', async () => {
    const bodies: Record<string, unknown>[] = [];
    const { endpoints, other } = await serve(pet, { routes: { '/infill': (body) => {
      bodies.push(body);
      return { content: ' owl\nand so on' };
    } } });
    const { contrast } = await search(endpoints, 'One pet tortoise here.', { id: 'mcell', options: { ...middle(), contrasts: 2 } });
    expect(contrast.alternatives).toMatchObject([{ edits: [{ from: 'tortoise', to: 'owl' }], completion: 'A owl.' }]);
    expect(bodies.map(({ input_prefix: before, input_suffix: behind }) => [before, behind])).toContainEqual(['One pet ', ' here.']);
    expect(other.requests.filter(({ path }) => path === '/v1/completions')).toEqual([]);
  });

  it('by `suffix` of completions where it has not', async () => {
    const { endpoints, other } = await serve(pet, { routes: { '/v1/completions': ({ prompt, suffix }) => ({ choices: [{ index: 0, text: `${String(prompt).length}x${String(suffix).length}`, finish_reason: 'stop' }] }) } });
    const { contrast } = await search(endpoints, 'One pet tortoise here.', { id: 'mcell', options: { ...middle(), contrasts: 2 } });
    expect(contrast.alternatives).toMatchObject([{ edits: [{ from: 'tortoise', to: '8x6' }], completion: 'A 8x6.' }]);
    // the route that is missing was tried once
    expect(other.requests.filter(({ path }) => path === '/infill')).toHaveLength(1);
  });

  it('a filling that repeats the words is asked for once more with another seed', async () => {
    const seeds: unknown[] = [];
    const { endpoints } = await serve(pet, { routes: { '/infill': ({ seed }) => {
      seeds.push(seed);
      return { content: seed === 0 ? 'tortoises' : 'cat' };
    } } });
    const { contrast } = await search(endpoints, 'tortoise', { id: 'mcell', options: middle() });
    expect(contrast.edits).toMatchObject([{ from: 'tortoise', to: 'cat' }]);
    expect(seeds).toEqual([0, 1]);
  });
});
