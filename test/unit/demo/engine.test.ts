import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainJob } from '../../../demo/jobs.ts';
import type { JobResult } from '../../../demo/jobs.ts';
import { Sequence } from '../../../demo/sequence.ts';
import { readConfig } from '../../../demo/model-files.ts';
import { engine, folder, heldOut, idSequences, tokenizer } from './support.ts';

const perToken = Sequence.bytesPerToken(readConfig(folder));
const uncached = engine(0);
const numbers = (result: JobResult): JobResult => ({ ...result, cached: 0 });

describe('engine', () => {
  it('answers held-out prompts as torch did, and finds the right answer as probable', () => {
    const reader = engine(2 ** 24);
    for (const row of heldOut.filter((_, i) => i % 7 === 0)) {
      const ids = [0, ...tokenizer.encodePrompt(row.prompt)];
      const { ids: generated, ended } = reader.run({ ...plainJob(ids), maxTokens: 40 });
      expect(ended).toBe(true);
      expect(tokenizer.decode(generated.subarray(0, -1))).toBe(row.model_answer);
      const right = [...tokenizer.encode(row.answer), tokenizer.specialId('<|end|>')];
      const { prompt } = reader.run({ ...plainJob([...ids, ...right]), promptTop: 0 });
      const total = prompt!.logprobs.subarray(ids.length - 1).reduce((sum, logprob) => sum + logprob, 0);
      expect(total).toBeCloseTo(row.answer_logprob, 4);
    }
  });

  it('gives the same numbers with and without the prefix cache, large or small', () => {
    const base = fc.constantFrom([0, 3, 7], [0, 3, 7, 9, 9], [5]);
    const related = fc.tuple(base, idSequences(12)).map(([head, tail]) => [...head, ...tail]);
    const prompts = fc.array(related, { minLength: 2, maxLength: 8 });
    fc.assert(
      fc.property(prompts, fc.constantFrom(null, 0, 2), fc.constantFrom(20, 60, 10_000), (list, promptTop, tokens) => {
        const cold = uncached;
        const warm = engine(tokens * perToken);
        let cached = 0;
        for (const ids of [...list, ...list]) {
          const job = { ...plainJob(ids), promptTop, maxTokens: 2, temperature: 1, embed: true };
          const a = cold.run(job);
          const b = warm.run(job);
          expect(numbers(b)).toEqual(numbers(a));
          expect(a.cached).toBe(0);
          cached += b.cached;
        }
        // a small cache may have forgotten every beginning by the time it comes again
        if (tokens === 10_000) expect(cached).toBeGreaterThan(0);
      }),
      { numRuns: 8 },
    );
  });

  it('scores an answer as it scored it while generating', () => {
    const reader = engine(2 ** 24);
    const ids = [0, ...tokenizer.encodePrompt(heldOut[0]!.prompt)];
    const generated = reader.run({ ...plainJob(ids), maxTokens: 12, temperature: 1.5, seed: 4, top: 3 });
    const weighed = reader.run({ ...plainJob([...ids, ...generated.ids]), promptTop: 3 });
    const start = ids.length - 1;
    expect(weighed.prompt!.logprobs.slice(start)).toEqual(generated.scores.logprobs);
    expect(weighed.prompt!.ranks.slice(start)).toEqual(generated.scores.ranks);
    expect(weighed.prompt!.topIds.slice(3 * start)).toEqual(generated.scores.topIds);
  });

  it('knows a prompt again, and the longest beginning of another', () => {
    const reader = engine(2 ** 24);
    const job = { ...plainJob([0, 3, 100, 200, 300]), promptTop: 0 };
    expect(reader.run(job).cached).toBe(0);
    expect(reader.run(plainJob([5, 6])).cached).toBe(0);
    expect(reader.run(job).cached).toBe(5);
    expect(reader.run({ ...job, ids: Int32Array.of(0, 3, 100, 201) }).cached).toBe(3);
    expect(reader.run({ ...job, ids: Int32Array.of(0, 3) }).cached).toBe(2);
  });

  it('ends at the end token, at a stop text or at the limit', () => {
    const reader = engine(2 ** 24);
    const job = { ...plainJob([0, ...tokenizer.encodePrompt(heldOut[0]!.prompt)]), maxTokens: 20 };
    const whole = reader.run(job);
    expect(whole).toMatchObject({ finish: 'stop', ended: true, cut: null });
    const text = tokenizer.decode(whole.ids.subarray(0, -1));
    expect(text).toBe('A tortoise.');
    expect(reader.run({ ...job, stop: ['zzz', 'rto', 'tort'] })).toMatchObject({ finish: 'stop', ended: false, cut: 2 });
    expect(reader.run({ ...job, maxTokens: 2 })).toMatchObject({ finish: 'length', ended: false, cut: null });
    expect(reader.run({ ...job, maxTokens: 0 }).ids).toHaveLength(0);
    const longer = reader.run({ ...job, ignoreEnd: true });
    expect(longer).toMatchObject({ finish: 'length', ended: false });
    expect(longer.ids).toHaveLength(20);
  });

  it('stays inside the context', () => {
    const reader = engine(0);
    const full = plainJob(new Array<number>(511).fill(300));
    expect(reader.run({ ...full, maxTokens: 99, ignoreEnd: true }).ids).toHaveLength(1);
    expect(() => reader.run(plainJob([]))).toThrow('empty');
    expect(() => reader.run(plainJob(new Array<number>(513).fill(300)))).toThrow('context is full');
  });

  it('draws what the seed says, for each choice its own', () => {
    const reader = engine(2 ** 24);
    const job = { ...plainJob([0, ...tokenizer.encode('The')]), maxTokens: 12, temperature: 1.5, ignoreEnd: true };
    const draw = (seed: number, choice: number): string => reader.run({ ...job, seed, choice }).ids.join(' ');
    expect(draw(1, 0)).toBe(draw(1, 0));
    expect(new Set([draw(1, 0), draw(1, 1), draw(2, 0), draw(-1, 0), draw(1 + 2 ** 32, 0)]).size).toBe(5);
  });

  it('embeds texts as unit vectors, the same text alike', () => {
    const reader = engine(2 ** 24);
    const embed = (text: string): Float32Array => {
      return reader.run({ ...plainJob([0, ...tokenizer.encode(text)]), embed: true }).embedding!;
    };
    const cosine = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
    const [one, other, empty] = [embed('Anna lives in Oslo.'), embed('The vase costs 76 dollars.'), embed('')];
    expect(cosine(one, one)).toBeCloseTo(1, 5);
    expect(cosine(one, embed('Anna lives in Oslo.'))).toBeCloseTo(1, 5);
    expect(cosine(one, embed('Anna lives in Bergen.'))).toBeGreaterThan(cosine(one, other));
    expect(cosine(empty, empty)).toBeCloseTo(1, 5);
  });
});
