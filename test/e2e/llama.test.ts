import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderChat } from '../../demo/chat.ts';
import { findModelFolder } from '../../demo/model-files.ts';
import { startDemoServer } from '../../demo/server.ts';
import { Tokenizer } from '../../demo/tokenizer.ts';
import { demoJob } from '../../src/bin/demo-job.ts';
import type { Call } from '../../src/core/types.ts';
import { answer, never, note, openEndpoint, type TestEndpoint } from '../helpers/endpoint-kit.ts';
import { LLAMA_SERVER, type LlamaServer, SPLIT_SLOTS, startLlamaServer } from '../helpers/llama-server.ts';
import { explainAndWait, type Stack, startStack, topUnit } from '../helpers/stack.ts';

/*
 * llama.cpp's own server on the embedded model, against the embedded server: the same weights, two programs. Wants a
 * binary: LLAMA_SERVER=/path/to/llama-server npm test -- test/e2e/llama.test.ts
 */

interface Row {
  kind: 'chat' | 'completion';
  messages: { role: string; content: string }[] | null;
  prompt: string;
  model_answer: string;
}

const MODEL = 'tiny-reader';
/** Nats per token: llama.cpp's attention on a CPU rounds to half precision by default. */
const TOLERANCE = 0.05;
/** Where it is told not to. */
const EXACT = 0.0005;

const rows = readFileSync(new URL('../../demo/model/eval.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Row);
const some = (['chat', 'completion'] as const).flatMap((kind) => rows.filter((row) => row.kind === kind).filter((_, index) => index % 7 === 0).slice(0, 6));
const callOf = (row: Row): Call => (row.kind === 'chat' ? { model: MODEL, messages: row.messages } : { model: MODEL, prompt: row.prompt });

async function post(root: string, path: string, body: object): Promise<Record<string, unknown>> {
  const reply = await fetch(root + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  expect(reply.status).toBe(200);
  return (await reply.json()) as Record<string, unknown>;
}

/** Log-probabilities that an endpoint gives, once alone with the grid and once in a list with others. */
async function weighed({ endpoint }: TestEndpoint, row: Row, text: string) {
  const call = callOf(row);
  const grid = await endpoint.grid(call, answer(text), never);
  const calls = [call, callOf({ ...row, prompt: `Nobody came. ${row.prompt}`, messages: [{ role: 'system', content: 'Be brief.' }, ...(row.messages ?? [])] }), call];
  const asked = await note(calls.length, (options) => endpoint.weigh(calls, answer(text), grid, options));
  const values = asked.outcomes.map((outcome) => (outcome?.kind === 'weighed' ? [...outcome.logprobs] : []));
  return { ends: [...grid.ends], values: grid.logprobs ? [...values, [...grid.logprobs]] : values, usage: asked.usage };
}

const binaries = LLAMA_SERVER === '' ? [] : ['llama.cpp'];
const reasons = LLAMA_SERVER === '' ? ['LLAMA_SERVER is not set (docs/operations.md says where to get a llama-server)'] : [];

// not a skipped test: whoever reads the report shall know
it.each(reasons)('not run: %s', () => {
  expect(process.env['LLAMA_SERVER'] ?? '').toBe('');
});

describe.each(binaries)('%s', () => {
  let demo: Awaited<ReturnType<typeof startDemoServer>>;
  let embedded: TestEndpoint;
  const servers: [string, readonly string[], number][] = [
    ['with a memory for each slot', SPLIT_SLOTS, TOLERANCE],
    ['as it comes', [], TOLERANCE],
    ['with one slot', ['-np', '1', '-c', '512'], TOLERANCE],
    ['in single precision', [...SPLIT_SLOTS, '-fa', 'off', '-ctk', 'f32', '-ctv', 'f32'], EXACT],
  ];

  beforeAll(async () => {
    demo = await startDemoServer();
    embedded = openEndpoint(demo.url);
  });
  afterAll(async () => {
    await embedded.close();
    await demo.close();
  });

  describe.each(servers)('llama-server %s', (name, flags, tolerance) => {
    let server: LlamaServer;
    let llama: TestEndpoint;
    beforeAll(async () => {
      server = await startLlamaServer(flags);
      llama = openEndpoint(server.url, { concurrency: 8 });
    });
    afterAll(async () => {
      await llama?.close();
      await server?.close();
    });

    it('is found to take forced decoding, by asking alone', async () => {
      const supports = await llama.endpoint.supports(MODEL, never);
      expect(supports).toMatchObject({ chat: 'forced_decoding', completion: 'forced_decoding', lists: true });
    });

    it('weighs as the embedded server does, token by token', async () => {
      let worst = 0;
      let tokens = 0;
      for (const row of some) {
        for (const text of [row.model_answer, ' Nobody knows, qqq zzz.']) {
          const own = await weighed(embedded, row, text);
          const theirs = await weighed(llama, row, text);
          expect(theirs.ends).toEqual(own.ends);
          theirs.values.forEach((values, index) => {
            const expected = own.values[index === 3 ? 0 : index] ?? [];
            values.forEach((value, token) => (worst = Math.max(worst, Math.abs(value - (expected[token] ?? Number.NaN)))));
            tokens += values.length;
          });
        }
      }
      process.stdout.write(`llama-server ${name}: ${tokens} log-probabilities, at most ${worst.toFixed(6)} nats from the embedded server's\n`);
      expect(tokens).toBeGreaterThan(400);
      expect(worst).toBeLessThan(tolerance);
    }, 240_000);
  });

  it('an answer that a server drafted is refused, not taken for certain', async () => {
    const server = await startLlamaServer([...SPLIT_SLOTS, '--spec-type', 'ngram-simple']);
    const llama = openEndpoint(server.url);
    const sentence = 'Lars has a pet tortoise and Vera lives in Ghent near the river and works for Galdor in the city of Boston.';
    const call = { model: MODEL, messages: [{ role: 'user', content: `${sentence} ${sentence}\nWhat?` }] };
    await expect(llama.endpoint.grid(call, answer(`${sentence} ${sentence}`), never)).rejects.toMatchObject({ code: 'scorer_unavailable', message: expect.stringContaining('speculatively') as string });
    await llama.close();
    await server.close();
  });

  describe('the converted model', () => {
    let server: LlamaServer;
    const tokenizer = new Tokenizer(findModelFolder());
    beforeAll(async () => {
      server = await startLlamaServer(SPLIT_SLOTS);
    });
    afterAll(() => server?.close());

    it.each(['Lars lives in Vilnius.', "It's 1234 o'clock,  and\n\n née Zürich 東京 🎉\tend ", 'QQQ zzz …', ...rows.slice(0, 20).map((row) => row.model_answer)])('cuts text as the tokenizer does: %j', async (text) => {
      const { tokens } = await post(server.root, '/tokenize', { content: text, add_special: false, parse_special: false });
      expect(tokens).toEqual(tokenizer.encode(text));
    });

    const chats: { role: string; content: string | { type: string; text: string }[] }[][] = [
      [{ role: 'user', content: 'Who?' }],
      [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: [{ type: 'text', text: 'Lars is old.' }, { type: 'text', text: '' }, { type: 'text', text: 'Who is old?\n' }, { type: 'text', text: 'Say.' }] },
      ],
      [
        { role: 'user', content: '  spaces  ' },
        { role: 'assistant', content: 'Yes.' },
        { role: 'user', content: 'Why?\n' },
      ],
    ];
    it.each(chats)('renders chats as the embedded server does', async (...messages) => {
      const { prompt } = await post(server.root, '/apply-template', { messages });
      const { tokens } = await post(server.root, '/tokenize', { content: prompt, add_special: true, parse_special: true });
      expect(tokens).toEqual(renderChat(tokenizer, messages, { addGenerationPrompt: true, continueFinalMessage: false }));
    });

    it('answers as the embedded model does', async () => {
      for (const row of rows.filter(({ kind }) => kind === 'chat').slice(0, 10)) {
        const reply = await post(server.root, '/v1/chat/completions', { messages: row.messages, temperature: 0, max_tokens: 24 });
        expect(reply['choices']).toMatchObject([{ message: { content: row.model_answer } }]);
      }
    });
  });

  describe('a job', () => {
    let server: LlamaServer;
    let stack: Stack;
    beforeAll(async () => {
      server = await startLlamaServer(SPLIT_SLOTS);
      stack = await startStack({ endpoints: [{ baseUrl: demo.url, name: 'embedded' }, { baseUrl: server.url, name: 'llama' }] });
    });
    afterAll(async () => {
      await stack?.close();
      await server?.close();
    });

    const jobs: [string, object][] = [
      ['auto', { method: { id: 'auto' } }],
      ['leave-one-out', { method: { id: 'leave-one-out' } }],
      ['lasso', { method: { id: 'lasso' } }],
      ['leave-one-out of a contrast', { method: { id: 'leave-one-out' }, scorer: { id: 'contrast', options: { foil: 'A turtle.' } } }],
    ];
    it.each(jobs)('comes to the same on both: %s', async (_, more) => {
      const job = { ...demoJob, ...more, seed: 5 };
      const [own, theirs] = await Promise.all(['embedded', 'llama'].map(async (endpoint) => (await explainAndWait(stack.app, { ...job, endpoint })).body));
      expect(theirs?.error).toBeNull();
      expect(theirs?.result?.scorer).toMatchObject({ id: own?.result?.scorer.id, rung: 'forced_decoding' });
      expect(theirs?.result?.completion).toBe(own?.result?.completion);
      expect(topUnit(theirs?.result ?? null)).toBe('Lars has a pet tortoise.');
      expect(topUnit(own?.result ?? null)).toBe('Lars has a pet tortoise.');
      expect(theirs?.result?.evaluations.failed).toBe(0);
      // what the arithmetic does, seen by weighing the unchanged call twice
      const floor = theirs?.result?.scorer.noise_floor?.[0] ?? Number.NaN;
      expect(floor).toBeGreaterThanOrEqual(0);
      expect(floor).toBeLessThan(0.5);
      const scores = own?.result?.attributions[0]?.scores ?? [];
      theirs?.result?.attributions[0]?.scores.forEach((score, unit) => expect(Math.abs((score ?? 0) - (scores[unit] ?? 0))).toBeLessThan(0.2));
      // what an earlier job asked is asked nobody again, so that of a later one may be nothing
      const { calls = 0, cached_tokens: cached = 0 } = theirs?.result?.usage ?? {};
      if (calls > 1) expect(cached).toBeGreaterThan(0);
    });
  });
});
