import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoJob } from '../../src/bin/demo-job.ts';
import { explainAndWait, type Stack, startStack } from '../helpers/stack.ts';

let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack?.close());

const chat = (content: unknown) => ({ model: 'tiny-reader', messages: [{ role: 'user', content }] });

interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  request_id: string;
  errors?: { pointer: string; message: string }[];
}

const post = (payload: object | string, headers: Record<string, string> = {}) =>
  stack.app.inject({ method: 'POST', url: '/v1/explanations', payload, headers: { 'content-type': 'application/json', ...headers } });

describe('bad input gets its documented problem, with a pointer to the field', () => {
  it.each<[string, object | string, number, string, string]>([
    ['an unknown field', { ...demoJob, colour: 'red' }, 400, 'validation_failed', '/colour'],
    ['an unknown field of an option', { ...demoJob, method: { id: 'lasso', options: { masks: 3 } } }, 400, 'validation_failed', '/method/options/masks'],
    ['an unknown method', { ...demoJob, method: { id: 'tea-leaves' } }, 400, 'validation_failed', '/method/id'],
    ['no call', {}, 400, 'validation_failed', '/call'],
    ['an empty call', { call: {} }, 400, 'validation_failed', '/call'],
    ['no messages', { call: { model: 'tiny-reader', messages: [] } }, 400, 'validation_failed', '/call/messages'],
    ['two shapes at once', { call: { ...chat('Hello.'), prompt: 'Hello.' } }, 400, 'validation_failed', '/call/prompt'],
    ['a wrong explain', { call: chat([{ type: 'text', text: 'Hello.', explain: 'maybe' }]) }, 400, 'validation_failed', '/call/messages/0/content/0/explain'],
    ['nothing but fixed text', { call: chat([{ type: 'text', text: 'Hello.', explain: 'fixed' }]) }, 422, 'nothing_to_explain', '/call'],
    ['only empty text', { call: chat('') }, 422, 'nothing_to_explain', '/call'],
    ['a lone surrogate', `{"call": {"model": "tiny-reader", "messages": [{"role": "user", "content": "a \\ud800 b"}]}}`, 400, 'validation_failed', '/call/messages/0/content'],
    ['5,000 units', { call: chat('One more word. '.repeat(5_000)) }, 422, 'too_many_units', '/call'],
    ['a megabyte of text', { call: chat('x'.repeat(1_000_000)) }, 413, 'body_too_large', ''],
    ['a span outside the completion', { ...demoJob, completion: 'Short.', targets: [{ kind: 'span', start: 2, end: 99 }] }, 422, 'target_not_found', '/targets/0'],
    ['a span that ends before it starts', { ...demoJob, targets: [{ kind: 'span', start: 5, end: 2 }] }, 400, 'validation_failed', '/targets/0/end'],
    ['a pattern that matches nothing', { ...demoJob, completion: 'Short.', targets: [{ kind: 'match', pattern: 'long' }] }, 422, 'target_not_found', '/targets/0'],
    ['a pattern that is none', { ...demoJob, completion: 'Short.', targets: [{ kind: 'match', pattern: '(' }] }, 422, 'invalid_pattern', '/targets/0/pattern'],
    ['a segmenter pattern that is none', { ...demoJob, segmenter: { id: 'pattern', options: { pattern: '[' } } }, 422, 'invalid_pattern', '/segmenter/options/pattern'],
    ['JSON that is none as a target', { ...demoJob, completion: 'Short.', targets: [{ kind: 'json', pointer: '/a' }] }, 422, 'target_not_found', '/targets/0'],
    ['an unknown endpoint', { ...demoJob, endpoint: 'nowhere' }, 422, 'unknown_endpoint', '/endpoint'],
    ['an unknown model', { ...demoJob, call: { ...demoJob.call, model: 'gpt-9' } }, 422, 'unknown_model', '/call/model'],
    ['a completion that is none', { ...demoJob, completion: { hello: 1 } }, 400, 'validation_failed', '/completion'],
    ['a webhook that is no web address', { ...demoJob, webhook: { url: 'ftp://example.org/hook' } }, 400, 'validation_failed', '/webhook/url'],
    ['a webhook with a password', { ...demoJob, webhook: { url: 'https://me:secret@example.org/hook' } }, 400, 'validation_failed', '/webhook/url'],
    ['more than one answer', { ...demoJob, call: { ...demoJob.call, n: 3 } }, 422, 'unsupported_call', '/call/n'],
    ['a list of prompts', { call: { model: 'tiny-reader', prompt: ['a', 'b'] } }, 400, 'validation_failed', '/call/prompt'],
    ['text that is not JSON', '{"call": ', 400, 'invalid_json', ''],
  ])('%s', async (_, payload, status, code, pointer) => {
    const reply = await post(payload);
    const problem = reply.json<Problem>();
    expect(reply.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect({ status: reply.statusCode, code: problem.code }).toEqual({ status, code });
    expect(problem.status).toBe(status);
    expect(problem.request_id).toBe(reply.headers['x-request-id']);
    expect(problem.errors?.map((fault) => fault.pointer) ?? ['']).toContainEqual(expect.stringMatching(pointer === '' ? /^$/ : new RegExp(`^${pointer.replaceAll('/', '\\/')}`)));
  });

  it('a cursor from elsewhere', async () => {
    const reply = await stack.app.inject('/v1/explanations?cursor=bm90LW91cnM');
    expect({ status: reply.statusCode, code: reply.json<Problem>().code }).toEqual({ status: 400, code: 'invalid_cursor' });
  });

  it('a target that only the answer shows to be outside ends the job, with the pointer', async () => {
    const { status, body } = await explainAndWait(stack.app, { ...demoJob, targets: [{ kind: 'span', start: 0, end: 500 }] });
    expect(status).toBe(200);
    expect(body.status).toBe('failed');
    expect(body.error).toMatchObject({ code: 'target_not_found', errors: [{ pointer: '/targets/0/end' }] });
  });

  it('a scorer that the endpoint cannot feed for this call ends the job, with the pointer', async () => {
    const { body } = await explainAndWait(stack.app, {
      ...demoJob,
      completion: { choices: [{ message: { role: 'assistant', content: null, tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }] } }] },
      scorer: { id: 'log-likelihood' },
    });
    expect(body.error).toMatchObject({ code: 'scorer_unavailable', errors: [{ pointer: '/scorer' }] });
  });

  it('never shows what the request held', async () => {
    const reply = await post({ ...demoJob, completion: { secretive: 'sk-do-not-echo' } });
    expect(reply.body).not.toContain('sk-do-not-echo');
  });
});

describe('every Unicode text survives', () => {
  it.each(['Grüße aus Köln. 👩‍👩‍👧‍👦 sind da. नमस्ते दुनिया। 日本語です。終わり。', 'a\r\nb\n\n\nc\u2028d\u0000e', '\u202Eright to left\u202C. e\u0301 combined.'])('%j', async (text) => {
    const { body } = await explainAndWait(stack.app, { call: { ...chat(text), temperature: 0, max_tokens: 4 }, completion: 'Ω 👍.', method: { id: 'leave-one-out' } });
    expect(body.error).toBeNull();
    expect(body.result?.units.map((unit) => unit.text).join('')).toBe(text);
    const points = Array.from(text);
    for (const unit of body.result?.units ?? []) expect(points.slice(unit.start, unit.end).join('')).toBe(unit.text);
    expect(body.result?.targets[0]).toMatchObject({ start: 0, end: 4 });
  });
});
