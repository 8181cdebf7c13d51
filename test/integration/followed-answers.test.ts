import { afterEach, describe, expect, it } from 'vitest';
import type { Supports } from '../../src/service/ports.ts';
import { answer, chat, MODEL, never, note, openEndpoint, prompt, type TestEndpoint } from '../helpers/endpoint-kit.ts';
import { type ModelServer, type ModelServerOptions, startModelServer } from '../helpers/model-server.ts';
import { explainAndWait, type Stack, startStack, topUnit } from '../helpers/stack.ts';

/*
 * Rung aligned_top_logprobs: servers that weigh nothing that is given, such as OpenAI's, but show what they think of every
 * token of an answer of their own.
 */

const open: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const part of open.splice(0).toReversed()) await part.close();
});

const passage = ['The sky was clear.', 'Galdor lives in Vilnius.', 'Coffee was served.', 'He moved there in May.'];
const ANSWER = 'Galdor lives in Vilnius since May.';
/** Says what the passage leaves to say. */
const reader: ModelServerOptions = {
  echo: 'off',
  promptLogprobs: false,
  tokenize: false,
  topLogprobs: 20,
  alternatives: [' Vilnius', ' Rome', ' since', ' today.', ' May.', 'Galdor', ' Galdor'],
  answer({ text }) {
    const said = `Galdor lives in ${text.includes('Vilnius') ? 'Vilnius' : 'Rome'} ${text.includes('May') ? 'since May.' : 'today.'}`;
    return text.includes('Lars') ? (text.endsWith('>') ? 'He lives in Vilnius.' : ' He lives in Vilnius.') : text.endsWith('>') ? said : ` ${said}`;
  },
  logprob(token, context) {
    if (token === ' since' && !context.includes('May')) return -2.5;
    return token === ' Vilnius' && !context.includes('Vilnius') ? -3.5 : undefined;
  },
};
const kept = (mask: number) => passage.filter((_, index) => (mask >> index) % 2 === 1).join(' ');

async function serve(options: ModelServerOptions = {}, more: Parameters<typeof openEndpoint>[1] = {}): Promise<TestEndpoint & { server: ModelServer; supports: Supports }> {
  const server = await startModelServer({ ...reader, ...options });
  open.push(server);
  const opened = openEndpoint(server.url, more);
  open.push(opened);
  return { ...opened, server, supports: await opened.endpoint.supports(MODEL, never) };
}

const FOLLOWED = ['aligned_top_logprobs'];

describe('following is found by asking', () => {
  it.each<[string, ModelServerOptions, Partial<Record<'chat' | 'completion' | 'responses', string[]>>]>([
    ['shows every token with its alternatives', {}, { chat: FOLLOWED, completion: FOLLOWED, responses: FOLLOWED }],
    ['is like OpenAI’s newer chats', { unknownFields: ['return_token_ids', 'max_tokens'], missing: ['/v1/completions'] }, { chat: FOLLOWED, completion: [], responses: FOLLOWED }],
    ['is like Ollama', { ollama: {} }, { chat: FOLLOWED }],
    ['is like Ollama with a draft model', { ollama: { drafts: true } }, { chat: [] }],
    ['shows the generated token alone', { topLogprobs: 1 }, { chat: [], completion: [] }],
    ['takes log-probabilities after temperature', { temper: 'after' }, { chat: [], completion: [] }],
    ['shows what sampling left', { temper: 0 }, { chat: [], completion: [] }],
    ['takes them after a temperature of its own, and finds others likelier than it says', { logprob: () => -1 }, { chat: [], completion: [] }],
    ['keeps log-probabilities', { chatLogprobs: false, topLogprobs: 0 }, { chat: [], completion: [] }],
    ['weighs', { echo: 'on' }, { completion: ['prompt_logprobs'] }],
  ])('a server that %s', async (_, options, expected) => {
    const { supports } = await serve(options);
    expect(supports.weighing).toMatchObject(expected);
    // the first token alone is the higher rung, where it is shown
    if (expected.chat === FOLLOWED) expect(supports.chat).toBe('first_token');
  });
});

describe('following', () => {
  it.each([
    ['chat', (text: string) => chat(text), ANSWER],
    ['completion', (text: string) => prompt(`${text}\nAnswer:`), ` ${ANSWER}`],
    ['responses', (text: string) => ({ model: MODEL, input: text }), ANSWER],
  ] as const)('%s: exact up to where the answers part, then a bound or a floor', async (_, call, text) => {
    const { endpoint } = await serve();
    const calls = [15, 13, 7, 5].map((mask) => call(kept(mask)));
    const grid = await endpoint.grid(calls[0] ?? {}, answer(text), never);
    expect(grid.ends.length).toBe(6);
    const asked = await note(4, (ask) => endpoint.weigh(calls, answer(text), grid, ask));
    const [whole, noCity, noMay, neither] = asked.outcomes.map((outcome) => (outcome?.kind === 'weighed' ? outcome : null));
    expect(whole).toEqual({ kind: 'weighed', logprobs: grid.logprobs });
    expect(noCity?.aligned).toEqual({ divergence: 3, known: 4 });
    expect([...(noCity?.logprobs ?? [])].slice(3)).toEqual([-3.5, -3, -3]);
    expect(noMay?.aligned).toEqual({ divergence: 4, known: 5 });
    expect(neither?.aligned).toEqual({ divergence: 3, known: 4 });
    expect(asked.usage.completionTokens).toBeGreaterThan(15);
  });

  it('refuses an answer that the endpoint does not give by itself', async () => {
    const { endpoint } = await serve();
    await expect(endpoint.grid(chat(kept(15)), answer('Galdor lives in Paris.'), never)).rejects.toMatchObject({ code: 'scorer_unavailable', message: expect.stringContaining('after 15 of 22 characters') as string });
  });

  it('fails an item that was drafted, and no other', async () => {
    let drafts = false;
    const bare = (reply: object) => {
      const { choices } = reply as { choices: { logprobs?: { content: object[] } | null; message?: { content: string } }[] };
      if (drafts && choices[0]?.message?.content.includes('Rome')) choices[0].logprobs = { content: (choices[0].logprobs?.content ?? []).map((entry) => ({ ...entry, logprob: 0, top_logprobs: [] })) };
      return reply;
    };
    const { endpoint } = await serve({ tamper: bare });
    const grid = await endpoint.grid(chat(kept(15)), answer(ANSWER), never);
    drafts = true;
    const asked = await note(2, (ask) => endpoint.weigh([chat(kept(15)), chat(kept(13))], answer(ANSWER), grid, ask));
    expect(asked.outcomes.map((outcome) => outcome?.kind)).toEqual(['weighed', 'failed']);
  });
});

describe('a job', () => {
  const call = { model: 'm', messages: [{ role: 'user', content: [{ type: 'text', text: passage.join(' '), explain: 'split' }, { type: 'text', text: 'Where does he live, and since when?', explain: 'fixed' }] }], temperature: 0 };
  const start = async (options: ModelServerOptions = {}): Promise<{ server: ModelServer; stack: Stack }> => {
    const server = await startModelServer({ ...reader, ...options });
    open.push(server);
    const stack = await startStack({ endpoints: [{ baseUrl: server.url }] });
    open.push(stack);
    return { server, stack };
  };

  it('auto follows a short answer, and says what was not seen', async () => {
    const { server, stack } = await start();
    const { body } = await explainAndWait(stack.app, { call, method: { id: 'leave-one-out' } });
    expect(body.error).toBeNull();
    const { result } = body;
    expect(result?.scorer).toMatchObject({ id: 'log-likelihood', rung: 'aligned_top_logprobs', tokens_scored: 6, comparison_key: null });
    expect(result?.scorer.censored_tokens).toBeGreaterThan(0);
    expect(result?.scorer.notes.join('\n')).toMatch(/in \d+ of \d+ evaluations the endpoint's own answer left the completion, in the middle at token \d of 6/);
    expect(topUnit(result)).toBe('Galdor lives in Vilnius.');
    const scores = result?.attributions[0]?.scores.filter((score) => score !== null) ?? [];
    // what changes nothing has no effect; the month's word is the last but one token
    expect([scores[0], scores[2]].every((score) => Math.abs(score ?? 1) < 1)).toBe(true);
    expect(scores[3]).toBeGreaterThan(1);
    const table = (await stack.app.inject(`/v1/explanations/${body.id}/evaluations`)).json<{ rows: { divergence: number | null; measured: number | null }[] }>();
    expect(table.rows.map(({ divergence }) => divergence)).toContain(3);
    expect(table.rows.map(({ divergence }) => divergence)).toContain(null);
    const before = server.requests.length;
    const again = await explainAndWait(stack.app, { call, method: { id: 'leave-one-out' } });
    expect(server.requests.length).toBe(before);
    expect(again.body.result?.attributions).toEqual(result?.attributions);
    // later targets are served from what is stored
    const later = await stack.app.inject({ method: 'POST', url: `/v1/explanations/${body.id}/attributions`, payload: { targets: [{ kind: 'match', pattern: 'Vilnius' }] } });
    expect(later.statusCode).toBe(200);
  });

  it('auto opens a label, which is exact for one token', async () => {
    const { stack } = await start({ answer: ({ text }) => (text.includes('Vilnius') ? 'Vilnius' : 'Rome'), alternatives: ['Vilnius', 'Rome', 'Galdor', 'Oslo', 'Bonn'], logprob: (token, context) => (token === 'Vilnius' && !context.includes('Vilnius') ? -3.5 : undefined) });
    const { body } = await explainAndWait(stack.app, { call, method: { id: 'leave-one-out' } });
    expect(body.result?.scorer).toMatchObject({ id: 'first-token', rung: 'first_token' });
  });

  it('auto compares answers where the completion is another than the endpoint gives', async () => {
    const { stack } = await start();
    const { body } = await explainAndWait(stack.app, { call, completion: 'Galdor lives in Vilnius, and has for long.', method: { id: 'leave-one-out' } });
    expect(body.result?.scorer).toMatchObject({ id: 'chrf', rung: 'text' });
    expect(body.result?.scorer.notes.join('\n')).toContain('weighs only answers that it gives by itself');
    const named = await explainAndWait(stack.app, { call, completion: 'Galdor lives in Vilnius, and has for long.', scorer: { id: 'log-likelihood' }, method: { id: 'leave-one-out' } });
    expect(named.body.error?.code).toBe('scorer_unavailable');
  });
});
