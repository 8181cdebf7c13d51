import { describe, expect, it } from 'vitest';
import { bleu } from '../../../../src/core/scorers/bleu.ts';
import { scoreText } from './helpers.ts';

describe('BLEU', () => {
  it.each([
    // Papineni et al. 2002, section 2.1: clipped unigram precision 2/7; with add-one 1/7, 1/6, 1/5 above it.
    ['the cat is on the mat', 'the the the the the the the', ((2 / 7) * (1 / 7) * (1 / 6) * (1 / 5)) ** 0.25],
    // Perfect precisions, 2 words for 6: brevity exp(1 − 3).
    ['the cat is on the mat', 'the cat', Math.exp(-2)],
    // Longer than the reference: 2/3, (1+1)/(2+1), (0+1)/(1+1), no penalty.
    ['the cat', 'the cat sat', ((2 / 3) * (2 / 3) * (1 / 2)) ** (1 / 3)],
    // Too short for orders 3 and 4: 1/2 and (0+1)/(1+1).
    ['Paris is', 'Rome is', 0.5],
    ['Paris', 'Rome', 0], ['', '', 1], ['a', '', 0], ['', 'a', 0],
  ])('%j against %j', (reference, answer, value) => expect(scoreText(bleu, reference, answer)).toBeCloseTo(value, 14));

  it.each(['Paris', 'in Paris', 'It is Paris', 'It is Paris.', '巴黎', '!'])(
    'is exactly 1 for the same short answer: %j',
    (text) => expect(scoreText(bleu, text, text)).toBe(1),
  );

  it('takes its options', () => {
    expect(scoreText(bleu, 'a b', 'b a', { max_order: 1 })).toBe(1);
    expect([scoreText(bleu, 'Paris', 'paris'), scoreText(bleu, 'Paris', 'paris', { ignore_case: true })]).toEqual([0, 1]);
  });
});
