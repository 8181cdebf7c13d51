import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startDemoServer } from '../../demo/server.ts';
import type { Endpoint } from '../../src/service/ports.ts';
import { answer, never, note, openEndpoint, sums } from '../helpers/endpoint-kit.ts';

/* The embedded model's server, which shares no code with src: scores must be those that torch gave. */

const evalSchema = z.object({
  kind: z.string(),
  messages: z.array(z.object({ role: z.string(), content: z.string() })).nullish(),
  prompt: z.string(),
  model_answer: z.string(),
  answer_logprob: z.number(),
});

const samples = readFileSync(new URL('../../demo/model/eval.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => evalSchema.parse(JSON.parse(line)));

describe('the embedded model through an endpoint', () => {
  let demo: Awaited<ReturnType<typeof startDemoServer>>;
  let endpoint: Endpoint;
  let close: () => Promise<void>;

  beforeAll(async () => {
    demo = await startDemoServer();
    ({ endpoint, close } = openEndpoint(demo.url));
  });

  afterAll(async () => {
    await close();
    await demo.close();
  });

  it('gives prompt log-probabilities for chats and completions, in lists', async () => {
    const { chat, completion, lists } = await endpoint.supports('tiny-reader', never);
    expect({ chat, completion, lists }).toEqual({ chat: 'prompt_logprobs', completion: 'prompt_logprobs', lists: true });
  });

  it.each(['chat', 'completion'])('weighs and answers as torch did: %s', async (kind) => {
    const own = samples.filter((each) => each.kind === kind).slice(0, 10);
    expect(own).toHaveLength(10);
    for (const sample of own) {
      const call = {
        model: 'tiny-reader',
        temperature: 0,
        max_tokens: 24,
        ...(sample.messages ? { messages: sample.messages } : { prompt: sample.prompt }),
      };
      const grid = await endpoint.grid(call, answer(sample.model_answer), never);
      const asked = await note(1, (options) => endpoint.weigh([call], answer(sample.model_answer), grid, options));
      expect(sums(asked)[0]).toBeCloseTo(sample.answer_logprob, 3);
      if (kind !== 'chat') continue;
      const again = await note(1, (options) => endpoint.generate([call], options));
      expect(again.outcomes[0]).toMatchObject({ kind: 'generated', completion: { text: sample.model_answer } });
    }
  });
});
