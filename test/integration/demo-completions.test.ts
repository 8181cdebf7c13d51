import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDemoServer } from '../../demo/server.ts';
import type { DemoServer } from '../../demo/server.ts';
import { codePoints } from '../../demo/answers.ts';
import type { Usage } from '../../demo/answers.ts';
import type { LegacyLogprobs } from '../../demo/logprob-shapes.ts';
import { golden, heldOut, tokenizer } from '../unit/demo/support.ts';

interface Choice {
  index: number;
  text: string;
  finish_reason: string;
  logprobs: LegacyLogprobs | null;
  prompt_logprobs?: (Record<string, { logprob: number; rank: number; decoded_token: string }> | null)[];
  prompt_token_ids?: number[];
  token_ids?: number[];
}

interface Completion {
  id: string;
  object: string;
  model: string;
  choices: Choice[];
  usage: Usage;
}

let server: DemoServer;
beforeAll(async () => {
  server = await startDemoServer({ threads: 2 });
});
afterAll(() => server.close());

async function complete(body: Record<string, unknown>): Promise<Completion> {
  const response = await fetch(`${server.url}/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'tiny-reader', temperature: 0, ...body }),
  });
  const reply = (await response.json()) as Completion;
  expect(response.status, JSON.stringify(reply)).toBe(200);
  return reply;
}

const plain = heldOut.find((row) => row.kind === 'completion')!;

describe('POST /v1/completions', () => {
  it('goes on with a text', async () => {
    const { id, object, model, choices, usage } = await complete({ prompt: plain.prompt, max_tokens: 20 });
    expect(id).toMatch(/^cmpl-/);
    expect({ object, model }).toEqual({ object: 'text_completion', model: 'tiny-reader' });
    expect(choices).toEqual([{ index: 0, text: plain.model_answer, logprobs: null, finish_reason: 'stop' }]);
    const promptTokens = 1 + tokenizer.encode(plain.prompt).length;
    const answerTokens = tokenizer.encode(plain.model_answer).length + 1;
    expect(usage).toMatchObject({ prompt_tokens: promptTokens, completion_tokens: answerTokens });
    expect(usage.total_tokens).toBe(promptTokens + answerTokens);
  });

  it('weighs a list of id prompts under echo as torch does, without generating', async () => {
    const prompts = golden.prompts.map(({ prompt_ids, answer_ids }) => [...prompt_ids, ...answer_ids]);
    const weigh = { max_tokens: 0, echo: true, logprobs: 0, return_token_ids: true };
    const { choices, usage } = await complete({ prompt: prompts, ...weigh });
    expect(usage.completion_tokens).toBe(0);
    for (const [i, { prompt_ids, steps }] of golden.prompts.entries()) {
      const { logprobs } = choices[i]!;
      expect(choices[i]).toMatchObject({ index: i, prompt_token_ids: prompts[i], token_ids: [], finish_reason: 'length' });
      expect(logprobs!.token_logprobs).toHaveLength(prompts[i]!.length);
      expect(logprobs!.token_logprobs[0]).toBeNull();
      for (const [t, { logprob }] of steps.entries()) {
        expect(Math.abs(logprobs!.token_logprobs[prompt_ids.length + t]! - logprob)).toBeLessThan(1e-4);
      }
    }
  });

  it('weighs a prompt in vLLM’s shape, with the same numbers', async () => {
    const prompt = golden.prompts[3]!.prompt_ids;
    const { choices } = await complete({ prompt, max_tokens: 1, prompt_logprobs: 0, return_token_ids: true });
    const legacy = await complete({ prompt, max_tokens: 0, echo: true, logprobs: 3 });
    const entries = choices[0]!.prompt_logprobs!;
    expect(entries[0]).toBeNull();
    expect(entries).toHaveLength(prompt.length);
    for (let i = 1; i < prompt.length; i++) {
      const entry = entries[i]![String(prompt[i])]!;
      expect(Object.keys(entries[i]!)).toEqual([String(prompt[i])]);
      expect(entry.decoded_token).toBe(tokenizer.textOf(prompt[i]!));
      expect(entry.logprob).toBe(legacy.choices[0]!.logprobs!.token_logprobs[i]);
      const top = Object.values(legacy.choices[0]!.logprobs!.top_logprobs[i]!);
      const better = top.filter((logprob) => logprob > entry.logprob).length;
      expect(entry.rank === better + 1 || (better === 3 && entry.rank > 3)).toBe(true);
    }
  });

  it('keeps each field to its own number of alternatives', async () => {
    const { choices } = await complete({ prompt: 'Lars has', max_tokens: 1, echo: true, logprobs: 1, prompt_logprobs: 4 });
    const [choice] = choices;
    expect(Object.keys(choice!.prompt_logprobs![1]!).length).toBeGreaterThanOrEqual(4);
    expect(Object.keys(choice!.logprobs!.top_logprobs[1]!).length).toBeLessThanOrEqual(2);
  });

  const odd = ['Lars has é 🙂.\nA', '<|user|>Hi<|end|>', '', ' \t\n', '\ufeffx', '\ud800!'];
  it.each(odd)('echoes %j as it was', async (prompt) => {
    const { choices } = await complete({ prompt, max_tokens: 4, echo: true, logprobs: 2 });
    const { text, logprobs } = choices[0]!;
    expect(text.startsWith(prompt)).toBe(true);
    expect(logprobs!.tokens[0]).toBe('');
    expect(logprobs!.text_offset[0]).toBe(0);
    expect(logprobs!.text_offset.toSorted((a, b) => a - b)).toEqual(logprobs!.text_offset);
    expect(logprobs!.text_offset.at(-1)).toBeLessThan(Math.max(1, codePoints(text)));
    const generated = logprobs!.text_offset.findIndex((offset) => offset >= codePoints(prompt));
    if (prompt !== '') expect(logprobs!.tokens.slice(generated).join('')).toBe(text.slice(prompt.length));
  });

  it('echoes ids as their text, and takes them as they are', async () => {
    const ids = tokenizer.encode('Lars has');
    const { choices } = await complete({ prompt: ids, max_tokens: 0, echo: true, return_token_ids: true });
    expect(choices[0]).toMatchObject({ text: 'Lars has', prompt_token_ids: ids });
    const bare = await complete({ prompt: 'Lars has', add_special_tokens: false, max_tokens: 0, return_token_ids: true });
    expect(bare.choices[0]).toMatchObject({ text: '', prompt_token_ids: ids });
    const named = await complete({ prompt: ids, max_tokens: 0, echo: true, logprobs: 0, return_tokens_as_token_ids: true });
    expect(named.choices[0]!.logprobs!.tokens).toEqual(ids.map((id) => `token_id:${id}`));
  });

  it('gives many choices in the order of prompts, then of choices', async () => {
    const prompts = heldOut.filter((row) => row.kind === 'completion').map((row) => row.prompt);
    const { choices, usage } = await complete({ prompt: prompts, n: 2, max_tokens: 20, temperature: 0 });
    expect(choices.map(({ index }) => index)).toEqual(Array.from({ length: 2 * prompts.length }, (_, i) => i));
    const answers = heldOut.filter((row) => row.kind === 'completion').map((row) => row.model_answer);
    expect(choices.map(({ text }) => text)).toEqual(answers.flatMap((answer) => [answer, answer]));
    expect(usage.prompt_tokens).toBe(prompts.reduce((sum, prompt) => sum + 1 + tokenizer.encode(prompt).length, 0));
    expect(usage.prompt_tokens_details.cached_tokens).toBeLessThanOrEqual(usage.prompt_tokens);
  });

  it('repeats itself for a seed, whatever else is in the list, and otherwise varies', async () => {
    const ask = { prompt: 'The', temperature: 1.5, max_tokens: 24, ignore_eos: true };
    const texts = async (more: Record<string, unknown>): Promise<string[]> => {
      const { choices } = await complete({ ...ask, ...more });
      return choices.map(({ text }) => text);
    };
    const [one] = await texts({ seed: 7 });
    expect(await texts({ seed: 7, n: 3 })).toContain(one);
    expect((await texts({ seed: 7, prompt: ['A', 'The'] }))[1]).toBe(one);
    expect(new Set(await texts({ seed: 7, n: 4 })).size).toBe(4);
    expect(new Set(await texts({ prompt: ['The', 'The', 'The'] })).size).toBe(3);
    expect(await texts({ seed: 7, top_p: 0 })).toEqual(await texts({ temperature: 0 }));
  });

  it('ends before a stop text, and says why it ended', async () => {
    const whole = (await complete({ prompt: plain.prompt, max_tokens: 20 })).choices[0]!.text;
    const stop = whole.slice(3, 5);
    const stopped = await complete({ prompt: plain.prompt, max_tokens: 20, stop: [stop, 'zzz'], logprobs: 0 });
    const { text, finish_reason, logprobs } = stopped.choices[0]!;
    expect(text).toBe(whole.slice(0, whole.indexOf(stop)));
    expect(finish_reason).toBe('stop');
    expect(logprobs!.tokens.join('').startsWith(text)).toBe(true);
    expect((await complete({ prompt: plain.prompt, max_tokens: 1 })).choices[0]!.finish_reason).toBe('length');
  });

  it('reports the prompt tokens that it knew already', async () => {
    const prompt = 'Nobody asked this before. Where is it?';
    const first = await complete({ prompt, max_tokens: 1 });
    const again = await complete({ prompt, max_tokens: 1 });
    expect(first.usage.prompt_tokens_details.cached_tokens).toBeLessThan(first.usage.prompt_tokens);
    expect(again.usage.prompt_tokens_details.cached_tokens).toBe(again.usage.prompt_tokens);
  });

  it('fills what is left of the context where no length was asked', async () => {
    const prompt = [0, ...new Array<number>(508).fill(300)];
    const { usage } = await complete({ prompt, ignore_eos: true });
    expect(usage.completion_tokens).toBe(3);
  });

  it('lets a caller go without losing the others', async () => {
    const caller = new AbortController();
    const prompt = Array.from({ length: 200 }, (_, i) => [0, 300 + i]);
    const gone = fetch(`${server.url}/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'tiny-reader', prompt, max_tokens: 200, ignore_eos: true }),
      signal: caller.signal,
    });
    const other = complete({ prompt: plain.prompt, max_tokens: 20 });
    setTimeout(() => caller.abort(), 50);
    await expect(gone).rejects.toThrow(/abort/i);
    expect((await other).choices[0]!.text).toBe(plain.model_answer);
    expect((await complete({ prompt: plain.prompt, max_tokens: 20 })).choices[0]!.text).toBe(plain.model_answer);
  });
});
