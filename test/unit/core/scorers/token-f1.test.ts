import { describe, expect, it } from 'vitest';
import { tokenF1 } from '../../../../src/core/scorers/token-f1.ts';
import { scoreText } from './helpers.ts';

describe('token F1', () => {
  it.each([
    ['The Eiffel Tower!', 'eiffel tower in Paris', 2 / 3],
    ['tower Eiffel', 'Eiffel tower', 1],
    ['a a b', 'a b b', 2 / 3], // articles out: b against b b
    ['x x y', 'x y y', 2 / 3], // clipped: one x and one y in common
    ['北京', '东京', 0.5],
    ['The', 'A', 0], ['the', 'The.', 1], ['', '', 1], ['', 'a', 0], ['5', '5.0', 0], ['👍', '👎', 0],
  ])('%j against %j', (reference, answer, value) => expect(scoreText(tokenF1, reference, answer)).toBeCloseTo(value, 14));

  it.each([
    [{ ignore_articles: false }, 'the cat', 'a cat', 0.5],
    [{ ignore_case: false }, 'Cat', 'cat', 0],
    [{ ignore_punctuation: false }, 'cat!', 'cat', 2 / 3],
  ])('with %j', (options, reference, answer, value) =>
    expect(scoreText(tokenF1, reference, answer, options)).toBeCloseTo(value, 14));
});
