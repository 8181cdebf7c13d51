import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sideOf } from '../../../../src/core/openings/labels.ts';
import { oddsOf } from '../../../../src/core/openings/odds.ts';
import { LOWEST_TOKEN } from '../../../../src/core/transforms.ts';

const p = (token: string, probability: number) => ({ token, logprob: Math.log(probability) });
const yes = sideOf(['Yes'], [p('Yes', 0.5)]);
const no = sideOf(['No'], [p('No', 0.5)]);

describe('odds of the first token', () => {
  it('are log-odds against all else, or against the other side', () => {
    const top = [p('Yes', 0.6), p('No', 0.2), p('I', 0.1)];
    expect(oddsOf(yes, null, top).value).toBeCloseTo(Math.log(0.6 / 0.4), 12);
    expect(oddsOf(yes, no, top).value).toBeCloseTo(Math.log(3), 12);
    expect(oddsOf(no, yes, top).value).toBeCloseTo(-Math.log(3), 12);
  });

  it('add up what differs in whitespace alone', () => {
    expect(oddsOf(yes, no, [p('Yes', 0.4), p(' Yes', 0.2), p('No', 0.1), p('\nNo', 0.1)]).value).toBeCloseTo(Math.log(3), 12);
  });

  it('take the bound for a side that is not shown, and say so', () => {
    expect(oddsOf(yes, null, [p('I', 0.7), p('No', 0.2)])).toEqual({ value: expect.closeTo(Math.log(0.1 / 0.9), 9) as number, censored: { positive: true, negative: false } });
    expect(oddsOf(yes, no, [p('Yes', 0.9), p('I', 0.01)])).toEqual({ value: expect.closeTo(Math.log(90), 9) as number, censored: { positive: false, negative: true } });
    expect(oddsOf(yes, no, [p('I', 0.7)])).toEqual({ value: 0, censored: { positive: true, negative: true } });
    const two = sideOf(['Yes', 'Sure'], []);
    expect(oddsOf(two, no, [p('No', 0.5), p('I', 0.01)]).value).toBeCloseTo(Math.log(0.02 / 0.5), 9);
    expect(oddsOf(two, no, [p('No', 0.5), p('I', 0.495)]).value).toBeCloseTo(Math.log(0.005 / 0.5), 9);
  });

  it('are finite where a side is certain, or as good as impossible', () => {
    for (const top of [[p('Yes', 1)], [p('Yes', 1), { token: 'No', logprob: -9_999 }], [p('I', 1)], [{ token: 'Yes', logprob: -9_999 }]]) {
      for (const negative of [null, no]) expect(Number.isFinite(oddsOf(yes, negative, top).value)).toBe(true);
    }
    expect(oddsOf(no, null, [p('I', 1), { token: 'No', logprob: -9_999 }]).value).toBe(LOWEST_TOKEN);
  });

  it('are exact for what is shown, and a bound on the right side for what is not', () => {
    const vocabulary = ['Yes', 'No', ...Array.from({ length: 20 }, (_, index) => `t${index}`)];
    const weights = fc.array(fc.double({ min: 1e-6, max: 1, noNaN: true }), { minLength: vocabulary.length, maxLength: vocabulary.length });
    fc.assert(
      fc.property(weights, fc.integer({ min: 1, max: vocabulary.length }), (raw, shown) => {
        const total = raw.reduce((sum, value) => sum + value, 0);
        const all = vocabulary.map((token, index) => p(token, (raw[index] ?? 0) / total)).sort((a, b) => b.logprob - a.logprob);
        const known = Object.fromEntries(all.map(({ token, logprob }) => [token, logprob]));
        const truth = (known['Yes'] ?? 0) - (known['No'] ?? 0);
        const { value, censored } = oddsOf(yes, no, all.slice(0, shown));
        if (!censored.positive && !censored.negative) expect(value).toBeCloseTo(truth, 9);
        if (censored.positive && !censored.negative) expect(value).toBeGreaterThan(truth - 1e-9);
        if (!censored.positive && censored.negative) expect(value).toBeLessThan(truth + 1e-9);
        const against = oddsOf(yes, null, all.slice(0, shown));
        const exact = (known['Yes'] ?? 0) - Math.log1p(-Math.exp(known['Yes'] ?? 0));
        if (against.censored.positive) expect(against.value).toBeGreaterThan(exact - 1e-9);
        else expect(against.value).toBeCloseTo(exact, 6);
      }),
    );
  });
});
