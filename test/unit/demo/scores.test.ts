import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyScores, firstScores, logSumExp, score } from '../../../demo/scores.ts';

/** Few distinct values, so that ties are common; a row that starts somewhere inside an array. */
const rows = fc.record({
  logits: fc.array(fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constantFrom(-80, 90)), { minLength: 3, maxLength: 20 }),
  before: fc.nat(3),
  top: fc.nat(6),
});

describe('scores', () => {
  it('are log-softmax, rank and the most probable tokens in order', () => {
    fc.assert(fc.property(rows, fc.nat(), ({ logits, before, top }, pick) => {
      const row = Float32Array.from([...new Array<number>(before).fill(99), ...logits]);
      const token = pick % logits.length;
      const limit = Math.min(top, logits.length);
      const scores = emptyScores(2, limit);
      score(row, before, logits.length, token, scores, 1);
      const max = Math.max(...logits);
      const norm = max + Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - max), 0));
      expect(scores.logprobs[1]).toBeCloseTo(logits[token]! - norm, 10);
      expect(scores.ranks[1]).toBe(1 + logits.filter((logit) => logit > logits[token]!).length);
      const order = logits.keys().toArray().toSorted((a, b) => logits[b]! - logits[a]! || a - b).slice(0, limit);
      expect(Array.from(scores.topIds.slice(limit))).toEqual(order);
      for (const [i, id] of order.entries()) expect(scores.topLogprobs[limit + i]).toBeCloseTo(logits[id]! - norm, 10);
    }));
  });

  it('do not overflow', () => {
    expect(logSumExp(Float32Array.of(1000, 1000), 0, 2)).toBeCloseTo(1000 + Math.LN2, 9);
    expect(logSumExp(Float32Array.of(-1e4, -2e4), 0, 2)).toBeCloseTo(-1e4, 9);
  });

  it('can be shortened with their alternatives', () => {
    const scores = emptyScores(3, 2);
    score(Float32Array.of(3, 2, 1), 0, 3, 0, scores, 0);
    const first = firstScores(scores, 1);
    expect([first.logprobs.length, first.ranks.length, first.topIds.length, first.topLogprobs.length]).toEqual([1, 1, 2, 2]);
    expect(Array.from(first.topIds)).toEqual([0, 1]);
    expect(firstScores(emptyScores(0, 0), 0).topIds).toHaveLength(0);
  });
});
