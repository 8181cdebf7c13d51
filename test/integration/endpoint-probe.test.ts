import { afterEach, describe, expect, it } from 'vitest';
import type { Supports } from '../../src/service/ports.ts';
import { MODEL, never, openEndpoint } from '../helpers/endpoint-kit.ts';
import { failFirst, startModelServer, type ModelServer, type ModelServerOptions } from '../helpers/model-server.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function served(options: ModelServerOptions): Promise<ModelServer> {
  const server = await startModelServer(options);
  closers.push(() => server.close());
  return server;
}

async function probed(
  options: ModelServerOptions,
  more: Parameters<typeof openEndpoint>[1] = {},
): Promise<{ supports: Supports; server: ModelServer; asks: () => Promise<Supports> }> {
  const server = await served(options);
  const { endpoint, close } = openEndpoint(server.url, more);
  closers.push(close);
  const asks = () => endpoint.supports(MODEL, never);
  return { supports: await asks(), server, asks };
}

type Found = Omit<Supports, 'notes' | 'about' | 'weighing' | 'noise' | 'tokens'>;
const NONE = { chat: 0, completion: 0, responses: 0 };
const rungs = ({ chat, completion, responses, opening, lists }: Supports): Found => ({ chat, completion, responses, opening, lists });
const ALL: Found = { chat: 'prompt_logprobs', completion: 'prompt_logprobs', responses: 'text', opening: NONE, lists: true };
const TEXT: Found = { chat: 'text', completion: 'text', responses: 'text', opening: NONE, lists: true };

describe('what a server can do is found by asking', () => {
  it('weighs by token ids where the server tokenizes, and asks at most eighteen requests for it', async () => {
    const { supports, server } = await probed({});
    expect(rungs(supports)).toEqual(ALL);
    expect(supports.notes.join('\n')).toContain('token ids from /tokenize');
    expect(server.requests.length).toBeLessThanOrEqual(18);
  });

  it('weighs prompts as texts and chats by prefill where it does not tokenize', async () => {
    const { supports, server } = await probed({ tokenize: false });
    expect(rungs(supports)).toEqual(ALL);
    expect(supports.notes.join('\n')).toMatch(/prompt and answer as one text[\s\S]*open assistant message/);
    expect(server.requests.length).toBeLessThanOrEqual(18);
  });

  const cases: [string, ModelServerOptions, Found][] = [
    ['ignores echo', { echo: 'ignored', promptLogprobs: false }, TEXT],
    ['refuses echo', { echo: 'off', promptLogprobs: false }, TEXT],
    ['echoes zeros', { echo: 'zeroed', promptLogprobs: false }, TEXT],
    ['masks what it echoes', { echo: 'masked', promptLogprobs: false }, TEXT],
    ['echoes other values than it generates with', { echo: 'skewed', promptLogprobs: false }, TEXT],
    ['gives the first token a value', { echo: 'unprimed', promptLogprobs: false }, TEXT],
    ['has prompt log-probabilities on the chat route only', { echo: 'ignored' }, { ...TEXT, chat: 'prompt_logprobs' }],
    ['has no completions', { missing: ['/v1/completions'], promptLogprobs: false }, { ...TEXT, completion: null, lists: false }],
    ['has no chat', { missing: ['/v1/chat/completions'] }, { ...ALL, chat: null }],
    [
      'has nothing that is asked for',
      { missing: ['/v1/chat/completions', '/v1/completions'], tokenize: false },
      { ...TEXT, chat: null, completion: null, lists: false },
    ],
    ['keeps its chat log-probabilities', { chatLogprobs: false }, { ...ALL, chat: 'text' }],
    ['refuses lists', { lists: false }, { ...ALL, lists: false }],
    ['answers the first prompt of a list only', { lists: 'ignored' }, { ...ALL, lists: false }],
    ['refuses lists and echo', { lists: false, echo: 'off', promptLogprobs: false }, { ...TEXT, lists: false }],
    ['wants at least one token and one log-probability', { zeros: false }, ALL],
    ['wants them and does not tokenize', { zeros: false, tokenize: false }, ALL],
    ['gives no token ids', { tokenIds: false }, ALL],
    ['gives no token strings', { pieces: 'none' }, ALL],
    ['writes SentencePiece', { pieces: 'sentencepiece' }, ALL],
    ['gives no offsets', { tokenize: false, offsets: 'none' }, ALL],
    ['answers with one token', { answer: ({ text }) => (text.endsWith('>') ? 'Yes' : ' Yes') }, ALL],
    [
      'answers in bytes',
      { answer: ({ text }) => (text.endsWith('>') ? 'Zürich née 東京' : ' Zürich née 東京'), spelling: 'bytes' },
      ALL,
    ],
    ['answers nothing', { answer: () => '', promptLogprobs: false }, TEXT],
    ['finds every answer as likely as the other', { logprob: () => -1 }, TEXT],
  ];
  it.each(cases)('a server that %s', async (_, options, expected) => {
    const { supports } = await probed(options);
    expect(rungs(supports)).toEqual(expected);
    expect(supports.notes.length).toBeGreaterThan(0);
  });

  const SHOWS: ModelServerOptions = { topLogprobs: 20, alternatives: ['I', ' I', 'a', 'b', 'c'] };
  const shows = (chat: number, completion = chat, responses = chat) => ({ chat, completion, responses });
  /** Nothing weighs answers of /responses. */
  const shown = (found: Found): Found => ({ ...found, responses: found.opening.responses > 0 ? 'first_token' : found.responses });
  const openings: [string, ModelServerOptions, Found][] = [
    ['shows them', SHOWS, { ...ALL, opening: shows(6) }],
    ['shows them and weighs nothing', { ...SHOWS, echo: 'off', promptLogprobs: false }, { ...TEXT, chat: 'first_token', completion: 'first_token', opening: shows(6) }],
    ['shows fewer than are asked for', { ...SHOWS, topLogprobs: 3 }, { ...ALL, opening: shows(3) }],
    ['refuses more than five', { ...SHOWS, topLimit: 5 }, { ...ALL, opening: shows(5) }],
    ['refuses more than two', { ...SHOWS, topLimit: 2 }, { ...ALL, opening: shows(1) }],
    ['refuses any', { ...SHOWS, topLimit: 0 }, TEXT],
    ['shows none on its chat route', { ...SHOWS, chatLogprobs: false }, { ...ALL, chat: 'text', opening: shows(0, 6) }],
    ['has no completions', { ...SHOWS, missing: ['/v1/completions'], promptLogprobs: false }, { ...TEXT, chat: 'first_token', completion: null, opening: shows(6, 0), lists: false }],
    ['takes them after temperature', { ...SHOWS, echo: 'off', promptLogprobs: false, temper: 'after' }, { ...TEXT, chat: 'first_token', completion: 'first_token', opening: shows(6) }],
    ['takes them after a temperature of its own', { ...SHOWS, temper: 3 }, { ...ALL, chat: 'text' }],
    ['is like OpenAI’s chats', { ...SHOWS, unknownFields: ['return_token_ids'], missing: ['/v1/completions'], promptLogprobs: false }, { ...TEXT, chat: 'first_token', completion: null, opening: shows(6, 0), lists: false }],
    ['is like OpenAI’s newer chats', { ...SHOWS, unknownFields: ['return_token_ids', 'max_tokens'], missing: ['/v1/completions'], promptLogprobs: false }, { ...TEXT, chat: 'first_token', completion: null, opening: shows(6, 0), lists: false }],
    ['shows what sampling left', { ...SHOWS, temper: 0, echo: 'off', promptLogprobs: false }, TEXT],
    ['shows probabilities of more than 1', { ...SHOWS, echo: 'off', promptLogprobs: false, logprob: () => -1 }, TEXT],
    ['leaves out their bytes', { ...SHOWS, topBytes: false }, { ...ALL, opening: shows(6) }],
    ['has no responses', { ...SHOWS, missing: ['/v1/responses'] }, { ...ALL, responses: null, opening: shows(6, 6, 0) }],
    ['lets responses be as short as they like', { ...SHOWS, shortestResponse: 1 }, { ...ALL, opening: shows(6) }],
    ['thinks before it responds', { ...SHOWS, thinks: true }, { ...ALL, opening: shows(6, 6, 0) }],
    ['weighs otherwise than it generates', { ...SHOWS, echo: 'skewed', tokenize: false, promptLogprobs: false }, { ...TEXT, chat: 'first_token', opening: shows(6, 0) }],
  ];
  it.each(openings)('alternatives of the first token: a server that %s', async (_, options, expected) => {
    const { supports } = await probed(options);
    expect(rungs(supports)).toEqual(shown(expected));
  });

  it('a route that the key may not use is none, and nothing more', async () => {
    const { supports } = await probed({ ...SHOWS, fail: ({ path }) => (path === '/v1/responses' ? { kind: 'status', status: 403 } : undefined) });
    expect(rungs(supports)).toEqual({ ...ALL, responses: null, opening: shows(6, 6, 0) });
  });

  it('a server that knows none of the routes, or not the model, is refused', async () => {
    const { endpoint, close } = openEndpoint((await served({ models: ['another'] })).url);
    closers.push(close);
    await expect(endpoint.supports(MODEL, never)).rejects.toMatchObject({ code: 'endpoint_refused', message: expect.stringMatching(/^http 404: model_not_found: .*it knows no such model or route/) as string });
  });

  it('says of each shape of call what it saw of it', async () => {
    const { supports } = await probed({ missing: ['/v1/responses'] });
    expect(supports.about.responses).toEqual([expect.stringMatching(/^responses: no such route \(http 404/) as string]);
    expect(supports.about.chat.every((note) => note.startsWith('chat: '))).toBe(true);
    expect(supports.about.completion).toContain('completions: lists of prompts: yes');
    expect(supports.notes).toEqual(expect.arrayContaining(Object.values(supports.about).flat()) as string[]);
  });

  it('goes on to the next way where a server weighs other ids than it was sent', async () => {
    const { supports } = await probed({ altersIds: true });
    expect(rungs(supports)).toEqual(ALL);
    expect(supports.notes.join('\n')).toMatch(/not by token ids.*other tokens than it was sent[\s\S]*as one text/);
  });

  it.each(['auto', 'openai', 'vllm'])('the dialect %s finds the same', async (dialect) => {
    const { supports } = await probed({}, { dialect });
    expect(rungs(supports)).toEqual(ALL);
  });
});

describe('probing', () => {
  it('happens once per model, for all who ask at the same time and later', async () => {
    const server = await startModelServer();
    const { endpoint, close } = openEndpoint(server.url);
    closers.push(close, () => server.close());
    await Promise.all(Array.from({ length: 5 }, () => endpoint.supports(MODEL, never)));
    const once = server.requests.length;
    await endpoint.supports(MODEL, never);
    expect(server.requests.length).toBe(once);
    await endpoint.supports('another', never);
    expect(server.requests.length).toBe(2 * once);
  });

  it('goes on for the others when one who waits leaves', async () => {
    const server = await startModelServer({ latencyMs: 5 });
    const { endpoint, close } = openEndpoint(server.url);
    closers.push(close, () => server.close());
    const leaving = new AbortController();
    const left = endpoint.supports(MODEL, leaving.signal);
    const stayed = endpoint.supports(MODEL, never);
    leaving.abort(new Error('gone'));
    await expect(left).rejects.toThrow('gone');
    expect(rungs(await stayed)).toEqual(ALL);
  });

  it('is not remembered when the server was away, and is when it is back', async () => {
    let down = true;
    const server = await startModelServer({ fail: () => (down ? { kind: 'reset' } : undefined) });
    const { endpoint, close } = openEndpoint(server.url);
    closers.push(close, () => server.close());
    await expect(endpoint.supports(MODEL, never)).rejects.toMatchObject({ code: 'endpoint_unreachable' });
    down = false;
    expect(rungs(await endpoint.supports(MODEL, never))).toEqual(ALL);
  });

  it('outlasts a few failures', async () => {
    const { supports } = await probed({ fail: failFirst(3, { kind: 'status', status: 503 }) });
    expect(rungs(supports)).toEqual(ALL);
  });

  it('does not rely for long on what a server in trouble showed', async () => {
    let broken = true;
    const server = await startModelServer({
      fail: ({ path }) => (broken && path === '/v1/completions' ? { kind: 'status', status: 500 } : undefined),
    });
    const { endpoint, close } = openEndpoint(server.url);
    closers.push(close, () => server.close());
    expect((await endpoint.supports(MODEL, never)).completion).toBe('text');
    broken = false;
    const { endpoint: later, close: closeLater } = openEndpoint(server.url);
    closers.push(closeLater);
    expect((await later.supports(MODEL, never)).completion).toBe('prompt_logprobs');
  });

  it.each([
    ['refuses the key', { apiKey: 'right' }, { code: 'endpoint_refused' }],
    ['is busy for ever', { fail: () => ({ kind: 'status', status: 429 }) as const }, { code: 'endpoint_unreachable' }],
  ] as [string, ModelServerOptions, object][])('says so when the server %s', async (_, options, problem) => {
    const server = await startModelServer(options);
    const { endpoint, close } = openEndpoint(server.url, { apiKey: 'wrong-key-4711' });
    closers.push(close, () => server.close());
    const error: unknown = await endpoint.supports(MODEL, never).catch((caught: unknown) => caught);
    expect(error).toMatchObject(problem);
    expect(String(error)).not.toContain('4711');
  });

  it('says so when the server never answers', async () => {
    const server = await startModelServer({ fail: () => ({ kind: 'hang' }) });
    const { endpoint, close } = openEndpoint(server.url, { timeoutSeconds: 0.05 });
    closers.push(close, () => server.close());
    await expect(endpoint.supports(MODEL, never)).rejects.toMatchObject({ code: 'endpoint_timeout' });
  });
});
