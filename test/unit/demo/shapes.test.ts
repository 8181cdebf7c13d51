import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codePoints, countUsage, readAnswer } from '../../../demo/answers.ts';
import { plainJob } from '../../../demo/jobs.ts';
import type { JobResult } from '../../../demo/jobs.ts';
import { chatLogprobs, echoText, legacyLogprobs, promptLogprobs, tokenNames } from '../../../demo/logprob-shapes.ts';
import { readPrompt } from '../../../demo/prompts.ts';
import { emptyScores } from '../../../demo/scores.ts';
import { engine, tokenizer } from './support.ts';

const names = tokenNames(tokenizer, false);
const end = tokenizer.specialId('<|end|>');

/** A result that generated `ids`. */
function result(ids: number[], more: Partial<JobResult> = {}): JobResult {
  const scores = emptyScores(ids.length, 0);
  const ended = ids.at(-1) === end;
  const empty = { cached: 0, prompt: null, cut: null, embedding: null };
  return { ...empty, ids: Int32Array.from(ids), scores, finish: 'stop', ended, ...more };
}

describe('answers', () => {
  it('leave the end token out of the text, not out of the ids', () => {
    const ids = tokenizer.encode('Café.');
    const answer = readAnswer(tokenizer, result([...ids, end]));
    expect(answer).toMatchObject({ text: 'Café.', visible: ids, all: [...ids, end] });
  });

  it('show an end token that did not end anything', () => {
    expect(readAnswer(tokenizer, result([end, ...tokenizer.encode('x')])).text).toBe('<|end|>x');
  });

  it('show the tokens that begin before the cut', () => {
    const ids = tokenizer.encode('Zé🙂w The');
    for (const [cut, text] of [[0, ''], [1, 'Z'], [2, 'Zé'], [4, 'Zé🙂'], [6, 'Zé🙂w '], [7, 'Zé🙂w T']] as const) {
      const answer = readAnswer(tokenizer, result(ids, { cut }));
      expect(answer.text).toBe(text);
      expect(tokenizer.decode(answer.visible).startsWith(text)).toBe(true);
      expect(answer.offsets.every((offset) => offset < Math.max(1, codePoints(text)))).toBe(true);
    }
    expect(readAnswer(tokenizer, result(ids, { cut: 0 })).visible).toEqual([]);
  });

  it('count a prompt once for all its choices', () => {
    const results = [2, 3, 0, 1].map((cached) => result(cached === 3 ? [7, 1] : [1], { cached }));
    expect(countUsage([[0, 5, 6], [0]], results)).toEqual({
      prompt_tokens: 4, completion_tokens: 5, total_tokens: 9, prompt_tokens_details: { cached_tokens: 2 },
    });
  });
});

describe('legacy log-probabilities', () => {
  const model = engine(2 ** 22);

  it('line up with the echoed text, whatever is in it', () => {
    const units = fc.constantFrom('a', ' The', 'é', '🙂', '\ud800', '<|user|>', '<|begin|>', '\n', ' ');
    const texts = fc.string({ unit: units, maxLength: 8 });
    fc.assert(fc.property(texts, fc.boolean(), fc.boolean(), (text, add, asIds) => {
      fc.pre(add || text !== '');
      const prompt = readPrompt(tokenizer, text, add);
      const run = model.run({ ...plainJob(prompt.ids), promptTop: 2, maxTokens: 3, top: 2, temperature: 1 });
      const answer = readAnswer(tokenizer, run);
      const echoed = { prompt, scores: run.prompt! };
      const shape = legacyLogprobs(tokenizer, tokenNames(tokenizer, asIds), 2, echoed, answer, run.scores);
      const whole = echoText(tokenizer, prompt) + answer.text;
      expect(whole.startsWith(text)).toBe(true);
      const lengths = Object.values(shape).map((list: unknown[]) => list.length);
      expect(new Set(lengths)).toEqual(new Set([prompt.ids.length + answer.visible.length]));
      const points = Array.from(whole);
      for (const [i, token] of shape.tokens.entries()) {
        if (asIds || token.startsWith('bytes:') || !whole.isWellFormed()) continue;
        const width = codePoints(token);
        expect(points.slice(shape.text_offset[i], shape.text_offset[i]! + width).join('')).toBe(token);
      }
      expect(shape.token_logprobs[0]).toBeNull();
      expect(shape.top_logprobs[0]).toBeNull();
      for (const [i, logprob] of shape.token_logprobs.entries()) {
        if (i > 0) expect(shape.top_logprobs[i]![shape.tokens[i]!]).toBe(logprob);
      }
    }), { numRuns: 40 });
  });

  it('hide the first token only where nobody wrote it', () => {
    const first = (item: string | number[], add: boolean): string => {
      const prompt = readPrompt(tokenizer, item, add);
      const echoed = { prompt, scores: emptyScores(prompt.ids.length, 0) };
      const nothing = result([]);
      return legacyLogprobs(tokenizer, names, 0, echoed, readAnswer(tokenizer, nothing), nothing.scores).tokens[0]!;
    };
    expect(first('Lars', true)).toBe('');
    expect(first('<|begin|>Lars', true)).toBe('');
    expect(first('<|begin|>Lars', false)).toBe('<|begin|>');
    expect(first([0, 1158], true)).toBe('');
    expect(first([1158], true)).toBe('Lars');
    expect(echoText(tokenizer, readPrompt(tokenizer, [0, 1158, 0], true))).toBe('Lars<|begin|>');
  });

  it('keep the more probable of two alternatives with one name, but always the token itself', () => {
    const byte = 6 + 'A'.charCodeAt(0);
    const word = Array.from({ length: tokenizer.vocab }, (_, id) => id).filter((id) => tokenizer.textOf(id) === 'A');
    const top = { topIds: Int32Array.of(byte, byte), topLogprobs: Float64Array.of(-1, -2) };
    const scores = { logprobs: Float64Array.of(-3), ranks: Int32Array.of(3), ...top };
    const answer = { text: 'x', visible: [], told: [tokenizer.encode('x')[0]!], offsets: [0], all: [], finish: 'stop' as const };
    expect(word).toContain(byte);
    expect(legacyLogprobs(tokenizer, names, 2, null, answer, scores).top_logprobs).toEqual([{ A: -1, x: -3 }]);
    expect(legacyLogprobs(tokenizer, names, 2, null, { ...answer, told: [byte] }, scores).top_logprobs).toEqual([{ A: -3 }]);
  });
});

describe('vLLM and chat shapes', () => {
  it('name every alternative by its id, with its place as rank', () => {
    const top = { topIds: Int32Array.of(5, 6), topLogprobs: Float64Array.of(-1, -2) };
    const scores = { logprobs: Float64Array.of(-9), ranks: Int32Array.of(700), ...top };
    expect(promptLogprobs(names, [0, 1158], scores, 1)).toEqual([null, {
      5: { logprob: -1, rank: 1, decoded_token: '<|pad|>' },
      1158: { logprob: -9, rank: 700, decoded_token: 'Lars' },
    }]);
    expect(promptLogprobs(names, [0], emptyScores(0, 0), 5)).toEqual([null]);
  });

  it('give the bytes of every token', () => {
    const ids = tokenizer.encode('é');
    const answer = readAnswer(tokenizer, result(ids));
    const { content } = chatLogprobs(tokenizer, tokenNames(tokenizer, true), 0, answer, emptyScores(2, 0));
    expect(content.map(({ bytes }) => bytes)).toEqual([[0xc3], [0xa9]]);
    expect(content.map(({ token }) => token)).toEqual(ids.map((id) => `token_id:${id}`));
  });
});
