import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { VERSION } from '../../demo/context.ts';
import { buildDemoServer, startDemoServer } from '../../demo/server.ts';
import type { DemoServer } from '../../demo/server.ts';
import { heldOut, tokenizer } from '../unit/demo/support.ts';

let server: DemoServer;
beforeAll(async () => {
  server = await startDemoServer({ threads: 1 });
});
afterAll(() => server.close());

interface Reply {
  status: number;
  body: unknown;
}

/** A string goes out as it is. */
function post(body: unknown): RequestInit {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { method: 'POST', headers: { 'content-type': 'application/json' }, body: text };
}

/** @param path below the base URL, or from the root when it starts with a slash */
async function call(path: string, body?: unknown, init: RequestInit = {}): Promise<Reply> {
  const url = path.startsWith('/') ? new URL(path, server.url) : new URL(`${server.url}/${path}`);
  const response = await fetch(url, { ...(body === undefined ? {} : post(body)), ...init });
  return { status: response.status, body: await response.json() };
}

function error(status: number, fields: Record<string, unknown>): Reply {
  const message: unknown = expect.any(String);
  const type = status < 500 ? 'invalid_request_error' : 'server_error';
  return { status, body: { error: { message, type, param: null, code: null, ...fields } } };
}

describe('about the model', () => {
  it('says which one it is', async () => {
    const { body } = await call('models');
    const model = { id: 'tiny-reader', object: 'model', owned_by: 'wherefore', max_model_len: 512 };
    expect(body).toMatchObject({ object: 'list', data: [model] });
    expect(await call('models/tiny-reader')).toMatchObject({ status: 200, body: model });
    expect(await call('models/gpt-4o')).toEqual(error(404, { param: 'model', code: 'model_not_found' }));
  });

  it('says that it is well, with or without a key', async () => {
    expect(await call('/health')).toEqual({ status: 200, body: { status: 'ok' } });
    const { status, body } = await call('/version', undefined, { headers: { authorization: 'Bearer whatever' } });
    expect(status).toBe(200);
    expect(body).toHaveProperty('version', VERSION);
  });
});

describe.each(['tokenize', '/tokenize'])('POST %s', (path) => {
  it('cuts texts and conversations as the model reads them', async () => {
    const ids = [0, ...tokenizer.encodePrompt('<|user|>Hi é')];
    const whole = { count: ids.length, max_model_len: 512, tokens: ids, token_strs: null };
    expect(await call(path, { prompt: '<|user|>Hi é' })).toEqual({ status: 200, body: whole });
    const bare = await call(path, { model: 'tiny-reader', prompt: 'é', add_special_tokens: false, return_token_strs: true });
    expect(bare.body).toMatchObject({ count: 2, token_strs: [String.raw`bytes:\xc3`, String.raw`bytes:\xa9`] });
    const row = heldOut[0]!;
    const chat = await call(path, { messages: row.messages });
    expect(chat.body).toMatchObject({ tokens: [0, ...tokenizer.encodePrompt(row.prompt)] });
    const open = [...row.messages, { role: 'assistant', content: 'A' }];
    const prefilled = await call(path, { messages: open, add_generation_prompt: false, continue_final_message: true });
    expect(prefilled.body).toMatchObject({ tokens: [0, ...tokenizer.encodePrompt(`${row.prompt}A`)] });
    const long = await call(path, { prompt: 'z'.repeat(1000) });
    expect(long.body).toMatchObject({ count: 1001 });
  });

  it('refuses what it cannot cut', async () => {
    expect(await call(path, {})).toEqual(error(400, { param: 'prompt', code: 'invalid_value' }));
    const messages = [{ role: 'user', content: 'a' }];
    expect(await call(path, { prompt: 'a', messages })).toEqual(error(400, { param: 'prompt', code: 'invalid_value' }));
    expect(await call(path, { prompt: 5 })).toEqual(error(400, { param: 'prompt', code: 'invalid_type' }));
    const doubled = await call(path, { messages, add_special_tokens: true });
    expect(doubled).toEqual(error(400, { param: 'add_special_tokens', code: 'invalid_value' }));
    expect(await call(path, { model: 'other', prompt: 'a' })).toEqual(error(404, { param: 'model', code: 'model_not_found' }));
  });
});

describe.each(['detokenize', '/detokenize'])('POST %s', (path) => {
  it('gives the text of ids', async () => {
    const tokens = [0, ...tokenizer.encode('Hi é🙂')];
    expect(await call(path, { tokens })).toEqual({ status: 200, body: { prompt: '<|begin|>Hi é🙂' } });
    expect(await call(path, { tokens: [] })).toEqual({ status: 200, body: { prompt: '' } });
    expect(await call(path, { tokens: [1, 5000] })).toEqual(error(400, { param: 'tokens[1]', code: 'invalid_value' }));
    expect(await call(path, { tokens: 'x' })).toEqual(error(400, { param: 'tokens', code: 'invalid_type' }));
  });
});

describe('errors', () => {
  const paths = ['completions', 'chat/completions', 'embeddings', 'tokenize', 'detokenize'];
  it.each(paths)('of bodies sent to %s have OpenAI’s shape', async (path) => {
    expect(await call(path, '{"model": ')).toEqual(error(400, { code: 'invalid_json' }));
    expect(await call(path, '')).toEqual(error(400, { code: 'invalid_json' }));
    expect(await call(path, '[1]')).toEqual(error(400, { code: 'invalid_type' }));
    expect(await call(path, { a: 'x'.repeat(9 * 2 ** 20) })).toEqual(error(413, { code: 'request_too_large' }));
    const form = await call(path, 'model=tiny', { headers: { 'content-type': 'text/plain' } });
    expect(form).toEqual(error(415, { code: 'unsupported_media_type' }));
  });

  it('of the completions route name the field', async () => {
    const ask = (body: Record<string, unknown>): Promise<Reply> => {
      return call('completions', { model: 'tiny-reader', prompt: 'a', ...body });
    };
    expect(await ask({ model: 'x' })).toEqual(error(404, { param: 'model', code: 'model_not_found' }));
    expect(await ask({ prompt: undefined })).toEqual(error(400, { param: 'prompt', code: 'missing_required_parameter' }));
    expect(await ask({ prompt: '', add_special_tokens: false })).toEqual(error(400, { param: 'prompt', code: 'invalid_value' }));
    const overflow = error(400, { param: 'prompt', code: 'context_length_exceeded' });
    expect(await ask({ prompt: ['a', 'z'.repeat(600)] })).toEqual(overflow);
    expect(await ask({ max_tokens: 511 })).toEqual(overflow);
    expect(await ask({ prompt: [[0, 99_999]] })).toEqual(error(400, { param: 'prompt[0][1]', code: 'invalid_value' }));
    expect(await ask({ stream: true })).toEqual(error(400, { param: 'stream', code: 'unsupported_parameter' }));
    expect(await ask({ best_of: 3 })).toEqual(error(400, { param: 'best_of', code: 'unsupported_parameter' }));
    const many = new Array<string>(100).fill('a');
    expect(await ask({ prompt: many, n: 128 })).toEqual(error(400, { param: 'n', code: 'invalid_value' }));
  });

  it('tell that a path or a method does not exist', async () => {
    const message = 'Unknown request URL: GET /v1/nothing';
    expect(await call('nothing?prompt=secret')).toEqual(error(404, { code: 'unknown_url', message }));
    expect(await call('models', undefined, { method: 'DELETE' })).toEqual(error(404, { code: 'unknown_url' }));
    expect(await call('/')).toEqual(error(404, { code: 'unknown_url' }));
  });

  it('tell a waiting caller that the server goes, at once', async () => {
    const app = buildDemoServer({ threads: 1 });
    const arrived = new Promise<void>((resolve) => {
      app.addHook('preHandler', (_request, _reply, next) => {
        next();
        resolve();
      });
    });
    const address = await app.listen({ host: '127.0.0.1', port: 0 });
    const prompt = Array.from({ length: 400 }, (_, i) => [0, 300 + i]);
    const long = { model: 'tiny-reader', prompt, max_tokens: 400, ignore_eos: true };
    const waiting = fetch(`${address}/v1/completions`, post(long));
    await arrived;
    await app.close();
    const response = await waiting;
    const refused = error(503, { message: 'The server is shutting down' });
    expect({ status: response.status, body: await response.json() }).toEqual(refused);
    await expect(fetch(`${address}/v1/models`)).rejects.toThrow('fetch failed');
  });

  it('tell of a port that is taken', async () => {
    await expect(startDemoServer({ port: Number(new URL(server.url).port) })).rejects.toThrow('EADDRINUSE');
  });
});

describe('node demo/serve.ts', () => {
  const script = fileURLToPath(new URL('../../demo/serve.ts', import.meta.url));
  let child: ChildProcess | undefined;
  afterEach(() => child?.kill('SIGKILL'));

  type Stdio = ('pipe' | 'ignore' | 'ipc')[];
  async function serve(args: string[], stdio: Stdio): Promise<{ url: string; ended: Promise<unknown[]> }> {
    child = spawn(process.execPath, [script, ...args], { stdio });
    const ended = once(child, 'exit');
    const [line] = (await once(child.stdout!, 'data')) as [Buffer];
    return { url: line.toString(), ended };
  }

  it('prints its URL, serves and ends when told', async () => {
    const { url, ended } = await serve(['--port', '0'], ['ignore', 'pipe', 'pipe']);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v1\n$/);
    const response = await fetch(`${url.trim()}/completions`, post({ model: 'tiny-reader', prompt: 'Lars has', max_tokens: 1 }));
    expect(response.status).toBe(200);
    child!.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  });

  it('ends with its parent’s pipe', async () => {
    const { ended } = await serve(['--with-parent'], ['pipe', 'pipe', 'pipe']);
    child!.stdin!.end();
    expect(await ended).toEqual([0, null]);
  });

  it('ends with its parent’s channel', async () => {
    const { ended } = await serve(['--with-parent'], ['ignore', 'pipe', 'pipe', 'ipc']);
    child!.disconnect();
    expect(await ended).toEqual([0, null]);
  });

  it('does not start on a port that is none', async () => {
    child = spawn(process.execPath, [script, '--port', 'x'], { stdio: 'ignore' });
    const [code] = (await once(child, 'exit')) as [number];
    expect(code).not.toBe(0);
  });
});
