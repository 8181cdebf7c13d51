import { describe, expect, it } from 'vitest';
import { firstToken } from '../../../../src/core/scorers/first-token.ts';
import { resolveTargets } from '../../../../src/core/targets.ts';
import type { Opening, Outcome, ScoreInput, TargetSpec } from '../../../../src/core/types.ts';
import type { ProblemError } from '../../../../src/errors.ts';
import { completionOf } from './helpers.ts';

const p = (token: string, probability: number): Opening => ({ token, logprob: Math.log(probability) });
const opened = (...top: Opening[]): Outcome => ({ kind: 'opened', top });
const whole = [p('Par', 0.7), p('Rome', 0.2), p('P', 0.01)];
const reference = completionOf(' Paris, of course. Really.');

const input = (outcomes: Outcome[], specs: TargetSpec[] = [{ kind: 'completion' }], opening: readonly Opening[] | undefined = whole): ScoreInput => ({
  reference,
  grid: null,
  opening,
  targets: resolveTargets(specs, reference),
  outcomes,
});
const chosen = (options: object = {}) => firstToken.options.parse(options);
const score = (given: ScoreInput, options: object = {}) => firstToken.score(given, chosen(options)).map((row) => [...row]);
const code = (expected: string) => expect.objectContaining({ code: expected }) as ProblemError;

describe('first-token', () => {
  it('is the log-odds of the completion’s own first token when no labels are given', () => {
    const [first, second] = score(input([opened(...whole), opened(p('Rome', 0.6), p('Par', 0.25))]));
    expect(first?.[0]).toBeCloseTo(Math.log(0.7 / 0.3), 12);
    expect(second?.[0]).toBeCloseTo(Math.log(0.25 / 0.75), 12);
    expect(firstToken.unit(chosen())).toBe('log-odds');
  });

  it('is the log-odds of labels', () => {
    expect(score(input([opened(...whole)]), { positive: ['Rome'], negative: ['Paris'] })[0]?.[0]).toBeCloseTo(Math.log(2 / 7), 12);
    expect(score(input([opened(...whole)]), { negative: ['Rome'] })[0]?.[0]).toBeCloseTo(Math.log(7 / 2), 12);
  });

  it('is one value for every target that begins where the completion begins, NaN where the outcome failed', () => {
    const specs: TargetSpec[] = [{ kind: 'completion' }, { kind: 'span', start: 0, end: 3 }, { kind: 'match', pattern: 'Paris' }];
    const [first, second] = score(input([opened(...whole), { kind: 'failed', reason: 'x' }], specs));
    expect(new Set(first).size).toBe(1);
    expect(first).toHaveLength(3);
    expect(second).toEqual([NaN, NaN, NaN]);
  });

  it('refuses a target that begins later', () => {
    const later = input([], [{ kind: 'sentences' }]);
    expect(() => score(later)).toThrow(code('target_unsupported'));
    expect(() => firstToken.refuse?.(later, later.targets, chosen())).toThrow(code('target_unsupported'));
  });

  it('refuses labels of both sides that begin with the same token, once the tokens are known', () => {
    const labels = chosen({ positive: ['Paris'], negative: ['Rome', 'Parma'] });
    const given = input([]);
    expect(() => firstToken.refuse?.({ reference, grid: null }, given.targets, labels)).not.toThrow();
    expect(() => firstToken.refuse?.(given, given.targets, labels)).toThrow(
      expect.objectContaining({ code: 'scorer_unavailable', faults: [expect.objectContaining({ pointer: '/scorer/options/negative/1' })] }) as ProblemError,
    );
    expect(() => firstToken.refuse?.(given, given.targets, chosen({ positive: ['Paris'], negative: ['Rome'] }))).not.toThrow();
  });

  it('refuses blank labels, and one that is on both sides', () => {
    for (const options of [{ positive: [' '] }, { positive: ['Yes'], negative: ['No', ' Yes'] }, { positive: 'Yes' }]) {
      expect(firstToken.options.safeParse(options).success).toBe(false);
    }
  });

  it('says where a bound stands for what was not shown', () => {
    const given = input([opened(...whole), opened(p('Rome', 0.9)), opened(p('I', 0.9)), { kind: 'failed', reason: 'x' }]);
    const rome = { positive: ['Par'], negative: ['Rome'] };
    expect(firstToken.notes?.(given, chosen(rome))).toEqual([
      expect.stringMatching(/^in 2 of 3 evaluations no positive/),
      expect.stringMatching(/^in 1 of 3 evaluations no negative/),
    ]);
    expect(firstToken.notes?.(input([opened(...whole)]), chosen(rome))).toEqual([]);
  });

  it('says where a first token is only the beginning of a word', () => {
    const of = (positive: string[], ...tokens: string[]) => firstToken.notes?.(input([], undefined, tokens.map((token) => p(token, 0.1))), chosen({ positive }));
    expect(of(['Atlantis', 'Rome'], 'A', 'Rome')).toEqual([expect.stringMatching(/^1 of 2 positive labels: the first token ends inside a word/)]);
    expect(of(['A tortoise', 'Yes, it is', '東京'], 'A', 'Yes')).toEqual([]);
    expect(of(['東京'], '<0xE6>')).toHaveLength(1);
  });

  it.each<[string, ScoreInput]>([
    ['answers', input([{ kind: 'generated', completion: reference }])],
    ['log-probabilities of the completion', input([{ kind: 'weighed', logprobs: Float64Array.of(-1) }])],
    ['a store that does not say what the call opens with', { ...input([]), opening: undefined }],
  ])('refuses %s', (_, given) => {
    expect(() => score(given)).toThrow(code('evaluations_missing'));
  });
});
