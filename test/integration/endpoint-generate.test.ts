import { afterEach, describe, expect, it } from 'vitest';
import type { EndpointSettings } from '../../src/endpoints/index.ts';
import { answer, chat, MODEL, never, note, openEndpoint, prompt, reasons } from '../helpers/endpoint-kit.ts';
import { startModelServer, type ModelServerOptions } from '../helpers/model-server.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function start(options: ModelServerOptions = {}, more: Partial<EndpointSettings> = {}) {
  const server = await startModelServer(options);
  const { endpoint, close } = openEndpoint(server.url, more);
  closers.push(close, () => server.close());
  return { server, endpoint };
}

/** Holds the first replies back until so many requests are under way. */
function meeting(count: number): NonNullable<ModelServerOptions['hold']> {
  let arrived = 0;
  const { promise, resolve } = Promise.withResolvers<void>();
  return () => {
    arrived += 1;
    if (arrived === count) resolve();
    return promise;
  };
}

const upper: ModelServerOptions['answer'] = ({ text }) =>
  ` ${/\w+(?=<\|end\|><\|assistant\|>$|$)/.exec(text)?.[0].toUpperCase() ?? ''}`;

describe('generating', () => {
  it('asks chats one by one, at most as many at once as allowed, and gives each answer its place', async () => {
    const { server, endpoint } = await start({ answer: upper, hold: meeting(3) }, { concurrency: 3 });
    const calls = Array.from({ length: 20 }, (_, index) => chat(`word${index}`));
    const asked = await note(20, (options) => endpoint.generate(calls, options));
    expect(asked.outcomes).toEqual(calls.map((_, index) => ({ kind: 'generated', completion: answer(` WORD${index}`) })));
    expect(server.requests).toHaveLength(20);
    expect(server.mostAtOnce()).toBe(3);
    expect(asked.admitted).toHaveLength(20);
    expect(asked.usage).toMatchObject({ httpRequests: 20, promptTokens: 100, completionTokens: 20 });
  });

  it('sends a call as it is, answered whole and once', async () => {
    const { server, endpoint } = await start();
    const call = chat('x', {
      temperature: 0.3,
      stop: ['#'],
      tools: [],
      x_extension: { deep: [1] },
      stream: true,
      stream_options: { include_usage: true },
      n: 4,
    });
    await note(1, (options) => endpoint.generate([call], options));
    const { stream: _stream, stream_options: _options, n: _n, ...rest } = call;
    expect(server.requests[0]?.body).toEqual(rest);
    expect(server.requests[0]?.headers['authorization']).toBe('Bearer none');
    expect(
      Object.keys(server.requests[0]?.headers ?? {}).filter((name) => name.startsWith('x-') || name.startsWith('openai-')),
    ).toEqual([]);
  });

  it('puts prompts that differ in nothing else into lists, and gives each answer its place', async () => {
    const { server, endpoint } = await start({ answer: upper }, { concurrency: 2, maxBatch: 4 });
    const calls = Array.from({ length: 13 }, (_, index) => prompt(`say word${index}`, { temperature: index === 12 ? 1 : 0 }));
    const asked = await note(13, (options) => endpoint.generate(calls, options));
    expect(asked.outcomes).toEqual(calls.map((_, index) => ({ kind: 'generated', completion: answer(` WORD${index}`) })));
    const lists = server.requests
      .filter(({ path, body }) => path === '/v1/completions' && typeof body['temperature'] === 'number' && body['max_tokens'] === undefined)
      .map(({ evaluations }) => evaluations);
    expect(lists.toSorted((a, b) => a - b)).toEqual([1, 4, 4, 4]);
  });

  it.each([
    ['refuses lists', { lists: false }],
    ['ignores all but the first', { lists: 'ignored' }],
  ] as [string, ModelServerOptions][])('asks one by one where the server %s', async (_, options) => {
    const { endpoint } = await start({ ...options, answer: upper }, { concurrency: 1 });
    const asked = await note(3, (options_) => endpoint.generate([prompt('a one'), prompt('a two'), prompt('a three')], options_));
    expect(asked.outcomes.map((outcome) => outcome?.kind === 'generated' && outcome.completion.text)).toEqual([
      ' ONE',
      ' TWO',
      ' THREE',
    ]);
  });

  it('does not probe when no list would help', async () => {
    const { server, endpoint } = await start({}, { concurrency: 8 });
    await note(3, (options) => endpoint.generate([prompt('one'), prompt('two'), prompt('three')], options));
    expect(server.requests).toHaveLength(3);
  });

  it('finds the prompt of a list that is refused', async () => {
    const { endpoint } = await start({ answer: upper, refuse: (text) => text.includes('poison') }, { concurrency: 1 });
    const asked = await note(4, (options) =>
      endpoint.generate(
        ['one', 'poison ivy', 'three', 'four'].map((text) => prompt(`a ${text}`)),
        options,
      ),
    );
    expect(asked.outcomes.map((outcome) => outcome?.kind)).toEqual(['generated', 'failed', 'generated', 'generated']);
    expect(reasons(asked)[1]).toMatch(/^http 400\b/);
    expect(reasons(asked)[1]).not.toMatch(/poison|ivy/);
  });

  it.each([0, 5, 15])('finds number %i of sixteen by at most ⌈log2 16⌉ requests more than it and the others take', async (bad) => {
    const { server, endpoint } = await start({ answer: upper, refuse: (text) => text.includes('poison') }, { concurrency: 1, maxBatch: 16 });
    await endpoint.supports(MODEL, never);
    const before = server.requests.length;
    const calls = Array.from({ length: 16 }, (_, index) => prompt(index === bad ? 'poison' : `say word${index}`));
    const asked = await note(16, (options) => endpoint.generate(calls, options));
    expect(asked.outcomes.map((outcome) => outcome?.kind)).toEqual(calls.map((_, index) => (index === bad ? 'failed' : 'generated')));
    const requests = server.requests.length - before;
    expect(requests - 1 - 2).toBeLessThanOrEqual(4);
    expect(asked.usage.httpRequests).toBe(requests);
    expect(asked.admitted).toHaveLength(1);
  });

  it('reads tool calls, responses, and leaves what has no input', async () => {
    const { server, endpoint } = await start({ toolCalls: () => [{ name: 'find', arguments: '{"city": "Vilnius"}' }] });
    const calls = [
      chat('x'),
      { model: MODEL, input: 'hello', instructions: 'Be kind.', stream: true, background: true },
      { model: MODEL },
    ];
    const asked = await note(3, (options) => endpoint.generate(calls, options));
    expect(asked.outcomes[0]).toEqual({
      kind: 'generated',
      completion: {
        text: '{"name":"find","arguments":{"city":"Vilnius"}}',
        toolCalls: [{ name: 'find', arguments: '{"city": "Vilnius"}' }],
        finishReason: 'tool_calls',
      },
    });
    expect(asked.outcomes[1]).toEqual(asked.outcomes[0]);
    expect(reasons(asked)[2]).toMatch(/^unsupported:/);
    expect(server.requests.find(({ path }) => path === '/v1/responses')?.body).toEqual({
      model: MODEL,
      input: 'hello',
      instructions: 'Be kind.',
      store: false,
    });
    expect(asked.usage.promptTokens).toBeGreaterThan(5);
  });

  it('takes the first configured model where a call names none, and sends the key', async () => {
    const { server, endpoint } = await start(
      { models: ['first'], apiKey: 'secret' },
      { models: ['first', 'second'], apiKey: 'secret' },
    );
    const asked = await note(1, (options) => endpoint.generate([{ messages: [{ role: 'user', content: 'x' }] }], options));
    expect(asked.outcomes[0]?.kind).toBe('generated');
    expect(server.requests[0]?.body['model']).toBe('first');
  });

  it('shares the places of an endpoint between jobs', async () => {
    const { server, endpoint } = await start({ hold: meeting(2) }, { concurrency: 2 });
    const job = () =>
      note(6, (options) =>
        endpoint.generate(
          Array.from({ length: 6 }, () => chat('x')),
          options,
        ),
      );
    await Promise.all([job(), job(), job()]);
    expect(server.requests).toHaveLength(18);
    expect(server.mostAtOnce()).toBe(2);
  });
});
