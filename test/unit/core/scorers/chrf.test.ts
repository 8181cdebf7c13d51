import { describe, expect, it } from 'vitest';
import { chrf } from '../../../../src/core/scorers/chrf.ts';
import { scoreText } from './helpers.ts';

const OBAMA = [
  'Das Verhältnis zwischen Obama und Netanyahu ist nicht gerade freundschaftlich.',
  'Die Beziehung zwischen Obama und Netanjahu ist nicht gerade freundlich.',
] as const;
const RISK = [
  'risk assessment has to be undertaken by those who are qualified and expert in that area - that is the scientists .',
  'risk assessment must be made of those who are qualified and expertise in the sector - these are the scientists .',
] as const;

describe('chrF', () => {
  // Published with sacreBLEU (test_chrf.py): chrF3, effective order.
  it.each([
    ['a', 'a', 1], ['reference', '', 0], ['a b c', 'a b c', 1], ['abc', 'a b c', 1],
    ['c', '', 0], ['ab', 'aa', 0.25], ['b', 'a', 0],
  ])('%j against %j', (reference, answer, value) => expect(scoreText(chrf, reference, answer, { beta: 3 })).toBe(value));

  it.each([[...OBAMA, 0.673481606], [...RISK, 0.652414427]])('%j with whitespace', (reference, answer, value) => {
    expect(scoreText(chrf, reference, answer, { beta: 3, whitespace: true })).toBeCloseTo(value, 8);
  });

  it('by hand: orders 1 and 2 of "ab" and "abcd", β = 2', () => {
    // Answer "ab": P = (2/2 + 1/1)/2 = 1, R = (2/4 + 1/3)/2 = 5/12, F₂ = 5·(5/12)/(4 + 5/12) = 25/53.
    expect(scoreText(chrf, 'abcd', 'ab')).toBeCloseTo(25 / 53, 14);
    expect(scoreText(chrf, 'abcd', 'ab', { max_order: 1 })).toBeCloseTo(2.5 / 4.5, 14);
  });

  it('counts code points, in composed form', () => {
    expect(scoreText(chrf, '😀', '😁')).toBe(0);
    expect(scoreText(chrf, 'caf\u00e9', 'cafe\u0301')).toBe(1);
  });

  it('takes blank text as empty', () =>
    expect([scoreText(chrf, ' ', '\n'), scoreText(chrf, ' ', 'a'), scoreText(chrf, '', '')]).toEqual([1, 0, 1]));
});
