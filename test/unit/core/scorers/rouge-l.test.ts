import { describe, expect, it } from 'vitest';
import { rougeL } from '../../../../src/core/scorers/rouge-l.ts';
import { scoreText } from './helpers.ts';

describe('ROUGE-L', () => {
  it.each([
    // Lin 2004, section 3.1: S1 against S2, S3 and S4, β = 1.
    ['police killed the gunman', 'police kill the gunman', 3 / 4],
    ['police killed the gunman', 'the gunman kill police', 2 / 4],
    ['police killed the gunman', 'the gunman police killed', 2 / 4],
    // LCS 6 of 11 and 6 words.
    ['the tiny little cat was found under the big funny bed', 'the cat was under the bed', 12 / 17],
    ['Paris', 'It is paris.', 0.5],
    ['巴黎', '巴西', 0.5],
    ['', '', 1], ['a', '', 0], ['', 'a', 0], ['!', '?', 0], ['a', 'b', 0],
  ])('%j against %j', (reference, answer, value) => expect(scoreText(rougeL, reference, answer)).toBeCloseTo(value, 14));

  it('weighs recall by beta', () => {
    // P = 1/3, R = 1: F₂ = 5·(1/3)/(4/3 + 1) = 5/7.
    expect(scoreText(rougeL, 'Paris', 'It is Paris', { beta: 2 })).toBeCloseTo(5 / 7, 14);
  });

  it('minds case and punctuation when asked', () => {
    expect(scoreText(rougeL, 'Paris.', 'paris', { ignore_case: false })).toBe(0);
    expect(scoreText(rougeL, 'Paris.', 'paris', { ignore_punctuation: false })).toBeCloseTo(2 / 3, 14);
  });
});
