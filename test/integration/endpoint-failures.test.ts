import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { EndpointSettings } from '../../src/endpoints/index.ts';
import { systemClock } from '../../src/endpoints/traffic/clock.ts';
import { chat, FastClock, note, openEndpoint, reasons } from '../helpers/endpoint-kit.ts';
import { failFirst, startModelServer, type Failure, type ModelServerOptions } from '../helpers/model-server.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function start(options: ModelServerOptions, more: Partial<EndpointSettings> = {}, clock = new FastClock()) {
  const server = await startModelServer(options);
  const { endpoint, close } = openEndpoint(server.url, more, clock);
  closers.push(close, () => server.close());
  return { server, endpoint, clock };
}

const status = (code: number, more: Partial<Extract<Failure, { kind: 'status' }>> = {}): Failure => ({
  kind: 'status',
  status: code,
  ...more,
});
const kinds = (asked: { outcomes: ({ kind: string } | undefined)[] }) => asked.outcomes.map((outcome) => outcome?.kind);

describe('what passes is asked again', () => {
  const passing: [string, Failure, number][] = [
    ...[408, 409, 429, 500, 502, 503, 504].map((code): [string, Failure, number] => [`http ${code}`, status(code), 5]),
    ['a connection that is reset', { kind: 'reset' }, 5],
    ['a page instead of JSON', { kind: 'html' }, 2],
    ['JSON that breaks off', { kind: 'broken-json' }, 2],
    ['a reply of another form', status(200, { body: { hello: 1 } }), 2],
    [
      'a router that answers 200 with an error',
      status(200, { body: { error: { code: 502, message: 'Provider returned error' } } }),
      5,
    ],
  ];

  it.each(passing)('%s', async (_, failure, most) => {
    const { server, endpoint, clock } = await start({ fail: failFirst(most, failure) });
    const asked = await note(1, (options) => endpoint.generate([chat('x')], options));
    expect(kinds(asked)).toEqual(['generated']);
    expect(server.requests).toHaveLength(most + 1);
    expect(asked.usage.httpRequests).toBe(most + 1);
    expect(asked.admitted).toHaveLength(1);
    expect(clock.slept).toEqual([125, 250, 500, 1_000, 2_000].slice(0, most));
  });

  it.each(passing)('%s, until the tries are used up', async (_, failure, most) => {
    const { server, endpoint } = await start({ fail: () => failure });
    const asked = await note(1, (options) => endpoint.generate([chat('x')], options));
    expect(reasons(asked)[0]).toMatch(/^(http \d{3}|connection|malformed)/);
    expect(server.requests).toHaveLength(most + 1);
  });

  it('a server that hangs, after the deadline, three times', async () => {
    const { server, endpoint } = await start({ fail: () => ({ kind: 'hang' }) }, { timeoutSeconds: 0.05 });
    const asked = await note(1, (options) => endpoint.generate([chat('x')], options));
    expect(reasons(asked)).toEqual(['timeout: no reply within 0.05 s']);
    expect(server.requests).toHaveLength(3);
  });

  it.each([400, 413, 422, 501])('never http %d', async (code) => {
    const { server, endpoint } = await start({ fail: () => status(code) });
    const asked = await note(2, (options) => endpoint.generate([chat('x'), chat('y')], options));
    expect(reasons(asked)).toEqual([`http ${code}: scripted_error: scripted`, `http ${code}: scripted_error: scripted`]);
    expect(server.requests).toHaveLength(2);
  });
});

describe('Retry-After', () => {
  it.each([
    ['seconds', { 'retry-after': '7' }],
    ['milliseconds', { 'retry-after-ms': '7000', 'retry-after': '1' }],
    ['a date', { 'retry-after': new Date(new FastClock().time + 7_000).toUTCString() }],
  ])('is waited for, in %s', async (_, headers) => {
    const { endpoint, clock } = await start({ fail: failFirst(1, status(429, { headers })) });
    const begun = clock.now();
    const asked = await note(1, (options) => endpoint.generate([chat('x')], options));
    expect(kinds(asked)).toEqual(['generated']);
    expect(clock.now() - begun).toBe(7_000);
  });

  it('holds for everybody: nothing is sent to the endpoint before its time', async () => {
    const clock = new FastClock();
    const times: number[] = [];
    const { server, endpoint } = await start(
      {
        fail: (_, index) => {
          times.push(clock.now());
          return index === 0 ? status(503, { headers: { 'retry-after': '30' } }) : undefined;
        },
      },
      { concurrency: 1 },
      clock,
    );
    const job = (count: number) =>
      note(count, (options) =>
        endpoint.generate(
          Array.from({ length: count }, () => chat('x')),
          options,
        ),
      );
    const all = await Promise.all([job(3), job(2)]);
    expect(all.flatMap(kinds)).toEqual(Array.from({ length: 5 }, () => 'generated'));
    expect(server.requests).toHaveLength(6);
    expect(times.map((time) => time - (times[0] ?? 0))).toEqual([0, 30_000, 30_000, 30_000, 30_000, 30_000]);
  });

  it('ends an item that would have to wait longer than it may, at once, and those that come into the pause', async () => {
    const { server, endpoint, clock } = await start(
      { fail: failFirst(1, status(429, { headers: { 'retry-after': '3600' } })) },
      { maxWaitSeconds: 60 },
    );
    const first = await note(1, (options) => endpoint.generate([chat('x')], options));
    expect(reasons(first)[0]).toMatch(/^http 429/);
    const second = await note(1, (options) => endpoint.generate([chat('x')], options));
    expect(reasons(second)[0]).toMatch(/^http 429: .*3600 s/);
    expect(server.requests).toHaveLength(1);
    clock.time += 3_600_000;
    expect(kinds(await note(1, (options) => endpoint.generate([chat('x')], options)))).toEqual(['generated']);
  });

  it('bounds what one item waits in all', async () => {
    const { server, endpoint } = await start(
      { fail: () => status(429, { headers: { 'retry-after': '25' } }) },
      { maxWaitSeconds: 60 },
    );
    const asked = await note(1, (options) => endpoint.generate([chat('x')], options));
    expect(reasons(asked)[0]).toMatch(/^http 429/);
    expect(server.requests).toHaveLength(3);
  });
});

describe('what nothing can help', () => {
  it.each([
    ['the key', { apiKey: 'right' }, /^http 401: invalid_api_key \(the key is not accepted/],
    ['the model', { models: ['other'] }, /^http 404: model_not_found.*no such model or route/],
    ['the route', { missing: ['/v1/chat/completions'] }, /^http 404: not_found_error.*no such model or route/],
    ['its bill', { fail: () => status(402) }, /^http 402: scripted_error: scripted \(its owner has no credit left there\)$/],
    ['everything', { fail: () => status(403, { body: { detail: 'Forbidden for wrong-key-4711' } }) }, /^http 403 \(the key/],
  ] as [string, ModelServerOptions, RegExp][])('ends the whole ask when %s is refused', async (_, options, message) => {
    const { server, endpoint } = await start(options, { apiKey: 'wrong-key-4711', concurrency: 2 });
    const asking = note(20, (options_) =>
      endpoint.generate(
        Array.from({ length: 20 }, () => chat('x')),
        options_,
      ),
    );
    const error: unknown = await asking.catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'endpoint_refused', message: expect.stringMatching(message) as string });
    expect(String(error)).not.toContain('4711');
    expect(server.requests.length).toBeLessThan(6);
  });

  it('fails items, not the ask, when the server is away', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const { endpoint, close } = openEndpoint(`http://127.0.0.1:${port}/v1`);
    closers.push(close);
    const asked = await note(3, (options) => endpoint.generate([chat('x'), chat('y'), chat('z')], options));
    expect(reasons(asked)).toEqual(['connection: ECONNREFUSED', 'connection: ECONNREFUSED', 'connection: ECONNREFUSED']);
    expect(asked.usage).toMatchObject({ httpRequests: 18, promptTokens: 0 });
    await expect(endpoint.supports('m', new AbortController().signal)).rejects.toMatchObject({ code: 'endpoint_unreachable' });
  });
});

describe('what is kept to ourselves', () => {
  it('a prompt, a completion or a key that a server quotes in its error', async () => {
    const secret = 'The launch code is 7421-hunter2, says "Ünal"\nto the board';
    const quoting = [
      { error: { message: `Invalid prompt: ${secret}`, type: 'invalid_request_error' } },
      {
        error: { message: `Invalid prompt: ${JSON.stringify(secret)} with key sk-private-key-99`, type: 'invalid_request_error' },
      },
      { detail: [{ loc: ['body', 'messages'], msg: `bad value '${secret.slice(4, 30)}'`, type: 'value_error', input: secret }] },
      { object: 'error', message: secret, type: 'BadRequestError', code: 400 },
      { error: `${'x'.repeat(150)} ${secret}`, error_type: 'validation' },
    ];
    for (const body of quoting) {
      const { endpoint } = await start({ fail: () => status(400, { body }) }, { apiKey: 'sk-private-key-99' });
      const [reason = ''] = reasons(await note(1, (options) => endpoint.generate([chat(secret)], options)));
      expect(reason).toMatch(/^http 400/);
      for (const word of ['launch', 'code', '7421', 'hunter2', 'Ünal', 'nal', 'board', 'private']) {
        expect(reason).not.toContain(word);
      }
      expect(reason.length).toBeLessThan(300);
    }
  });
});

describe('aborting', () => {
  it('ends what is under way and what sleeps at once, with the caller’s reason', async () => {
    const stop = new AbortController();
    const { endpoint } = await start(
      {
        fail: (_, index) => {
          if (index === 3) setTimeout(() => stop.abort(new Error('cancelled by the test')), 5);
          return index < 2 ? status(429, { headers: { 'retry-after': '100' } }) : { kind: 'hang' };
        },
      },
      { concurrency: 4 },
    );
    const asking = note(
      6,
      (options) =>
        endpoint.generate(
          Array.from({ length: 6 }, () => chat('x')),
          options,
        ),
      { signal: stop.signal },
    );
    await expect(asking).rejects.toThrow('cancelled by the test');
  });

  it('wakes a real sleep', async () => {
    const stop = new AbortController();
    const server = await startModelServer({
      fail: () => {
        setTimeout(() => stop.abort(new Error('enough')), 5);
        return status(429, { headers: { 'retry-after': '50' } });
      },
    });
    const { endpoint, close } = openEndpoint(server.url, {}, systemClock);
    closers.push(close, () => server.close());
    await expect(
      note(2, (options) => endpoint.generate([chat('x'), chat('y')], options), { signal: stop.signal }),
    ).rejects.toThrow('enough');
  }, 10_000);

  it('sends nothing when it comes first', async () => {
    const { server, endpoint } = await start({});
    await expect(
      note(1, (options) => endpoint.generate([chat('x')], options), { signal: AbortSignal.abort(new Error('before')) }),
    ).rejects.toThrow('before');
    expect(server.requests).toEqual([]);
  });
});
