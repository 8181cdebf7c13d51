import { describe, expect, it } from 'vitest';
import { logLikelihood } from '../../../../src/core/scorers/log-likelihood.ts';
import { LOWEST_TOKEN } from '../../../../src/core/transforms.ts';
import type { Outcome, ScoreInput, Target } from '../../../../src/core/types.ts';
import type { ProblemError } from '../../../../src/errors.ts';
import { completionOf, wholeTarget } from './helpers.ts';

const text = 'It is Paris.';
const span = (index: number, start: number, end: number): Target => ({
  index,
  spec: { kind: 'span', start, end },
  start,
  end,
  text: text.slice(start, end),
});
const targets = [wholeTarget(text), span(1, 6, 11), span(2, 0, 4)];
const weighed = (...logprobs: number[]): Outcome => ({ kind: 'weighed', logprobs: Float64Array.from(logprobs) });

/** Tokens "It", " is", " Paris", "." */
const input = (...outcomes: Outcome[]): ScoreInput => ({
  reference: completionOf(text),
  grid: { ends: Int32Array.of(2, 5, 11, 12) },
  targets,
  outcomes,
});
const score = (given: ScoreInput, options: object = {}): number[][] =>
  logLikelihood.score(given, logLikelihood.options.parse(options)).map((row) => [...row]);

describe('log-likelihood', () => {
  it('sums the tokens of each target, one column per target', () => {
    expect(score(input(weighed(-1, -2, -4, -8), weighed(0, -0.5, 0, 0)))).toEqual([[-15, -4, -3], [-0.5, 0, -0.5]]);
  });

  it.each([
    ['log_prob_sum', 'nats', -4], ['log_prob_mean', 'nats', -2], ['prob_geo_mean', 'probability', Math.exp(-2)],
    ['prob_prod', 'probability', Math.exp(-4)], ['log_odds', 'log-odds', -4 - Math.log(1 - Math.exp(-4))],
  ] as const)('by %s', (transform, unit, value) => {
    const row = score({ ...input(weighed(-1, -3, -9, -9)), targets: [span(0, 0, 5)] }, { transform })[0];
    expect(row?.[0]).toBeCloseTo(value, 14);
    expect(logLikelihood.unit({ transform })).toBe(unit);
  });

  it('is a sum in nats when left open', () => expect(logLikelihood.unit(logLikelihood.options.parse({}))).toBe('nats'));

  it('lets no sentinel of a server drown the rest', () => {
    expect(
      score(input(weighed(-9999, -1, Number.NEGATIVE_INFINITY, 1e-7)))[0]
    ).toEqual([LOWEST_TOKEN - 1 + LOWEST_TOKEN, LOWEST_TOKEN, LOWEST_TOKEN - 1]);
  });

  it('is NaN where the outcome failed, where a token is unknown, and for a target that has no token', () => {
    expect(
      score(input({ kind: 'failed', reason: 'x' }, weighed(-1, -1, Number.NaN, -1)))
    ).toEqual([[NaN, NaN, NaN], [NaN, NaN, -2]]);
    const beside: Target = { index: 0, spec: { kind: 'tool_call', name: 'f' }, start: 12, end: 12, text: '{}' };
    expect(score({ ...input(weighed(-1, -1, -1, -1)), targets: [beside] })).toEqual([[NaN]]);
  });

  it.each([
    ['no grid', { ...input(), grid: null }],
    ['an answer', input({ kind: 'generated', completion: completionOf('x') })],
    ['another number of tokens', input(weighed(-1))],
  ])('refuses %s', (_, given) => {
    expect(() => score(given)).toThrow(expect.objectContaining({ code: 'evaluations_missing' }) as ProblemError);
  });
});
