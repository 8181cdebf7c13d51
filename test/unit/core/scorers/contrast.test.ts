import { describe, expect, it } from 'vitest';
import { contrast } from '../../../../src/core/scorers/contrast.ts';
import { resolveTargets } from '../../../../src/core/targets.ts';
import type { Basis, Outcome, ScoreInput, TargetSpec } from '../../../../src/core/types.ts';
import type { ProblemError } from '../../../../src/errors.ts';
import { completionOf } from './helpers.ts';

const reference = completionOf('It is Paris.');
/** "It", " is", " Paris", "." against "It", " is", " Lon", "don", "." */
const grid = { ends: Int32Array.of(2, 5, 11, 12) };
const other = { text: 'It is London.', grid: { ends: Int32Array.of(2, 5, 9, 12, 13) } };
const weighed = (own: number[], foil: number[]): Outcome => ({
  kind: 'weighed',
  logprobs: Float64Array.from(own),
  others: [Float64Array.from(foil)],
});

const input = (outcomes: Outcome[], specs: TargetSpec[] = [{ kind: 'completion' }], basis: Partial<Basis> = {}): ScoreInput => ({
  reference,
  grid,
  others: [other],
  ...basis,
  targets: resolveTargets(specs, reference),
  outcomes,
});
const score = (given: ScoreInput, options: object = {}): number[][] =>
  contrast.score(given, contrast.options.parse({ foil: 'It is London.', ...options })).map((row) => [...row]);
const code = (expected: string) => expect.objectContaining({ code: expected }) as ProblemError;

describe('contrast', () => {
  it('is log p of the completion less that of the foil', () => {
    expect(score(input([weighed([-1, -1, -2, 0], [-1, -1, -4, -1, 0]), weighed([-1, -1, -9, 0], [-1, -1, -4, -1, 0])]))).toEqual([[3], [-4]]);
    expect(contrast.unit(contrast.options.parse({ foil: 'x' }))).toBe('nats');
  });

  it('divides each side by its own number of tokens by log_prob_mean', () => {
    expect(score(input([weighed([-1, -1, -2, 0], [-1, -1, -4, -1, -3])]), { transform: 'log_prob_mean' })).toEqual([[-1 + 2]]);
  });

  it('stands in the place of a part, and counts from where both are cut alike', () => {
    const specs: TargetSpec[] = [{ kind: 'match', pattern: 'Paris' }];
    const others = [{ text: 'It is London', grid: { ends: Int32Array.of(2, 5, 9, 12) } }];
    expect(score(input([weighed([-70, -80, -2, -90], [-71, -81, -4, -1])], specs, { others }), { foil: 'London' })).toEqual([[3]]);
    // " is" is cut otherwise before the foil: both sides hold it, so only target and foil make the difference
    const split = [{ text: 'It is London', grid: { ends: Int32Array.of(2, 3, 8, 12) } }];
    expect(score(input([weighed([-70, -1, -2, -90], [-71, -0.5, -3, -1])], specs, { others: split }), { foil: 'London' })).toEqual([[1.5]]);
  });

  it('gives the foil the whitespace that the completion begins with', () => {
    const spaced = completionOf(' May 22.');
    const given = {
      ...input([weighed([-1], [-3])]),
      reference: spaced,
      grid: { ends: Int32Array.of(8) },
      others: [{ text: ' May 23.', grid: { ends: Int32Array.of(8) } }],
      targets: resolveTargets([{ kind: 'completion' }], spaced),
    };
    expect(score(given, { foil: 'May 23.' })).toEqual([[2]]);
    expect(score(given, { foil: ' May 23.' })).toEqual([[2]]);
  });

  it('is NaN where the outcome failed or a token is not known, and finite for what a server calls impossible', () => {
    const values = score(input([{ kind: 'failed', reason: 'x' }, weighed([-1, -1, NaN, 0], [-1, -1, -4, -1, 0]), weighed([-1, -1, -2, 0], [-1, -1, -Infinity, -1, 0])]));
    expect(values.slice(0, 2)).toEqual([[NaN], [NaN]]);
    expect(Number.isFinite(values[2]?.[0])).toBe(true);
  });

  it.each<[string, ScoreInput]>([
    ['evaluations without a foil', input([{ kind: 'weighed', logprobs: Float64Array.of(0, 0, 0, 0) }])],
    ['a basis without a foil', input([], [{ kind: 'completion' }], { others: undefined })],
    ['answers', input([{ kind: 'generated', completion: reference }])],
    ['another number of tokens', input([weighed([-1], [-1, -1, -4, -1, 0])])],
    ['another number of the foil’s tokens', input([weighed([-1, -1, -2, 0], [-1])])],
    ['a foil that stood elsewhere', input([weighed([-1, -1, -2, 0], [-1, -1, -4, -1, 0])], [{ kind: 'match', pattern: 'Paris' }])],
  ])('refuses %s', (_, given) => {
    expect(() => score(given)).toThrow(code('evaluations_missing'));
  });

  const refuse = (foil: string, specs: TargetSpec[], of = reference) => contrast.refuse?.({ reference: of, grid: null }, resolveTargets(specs, of), { foil, transform: 'log_prob_sum' });

  it('refuses several targets, and one that has no place in the text', () => {
    expect(() => refuse('x', [{ kind: 'match', pattern: 'i|a' }])).toThrow(code('target_unsupported'));
    expect(() => score(input([], [{ kind: 'completion' }, { kind: 'completion' }]))).toThrow(code('target_unsupported'));
    const beside = { text: 'Calling.', toolCalls: [{ name: 'f', arguments: '{}' }], finishReason: null };
    expect(() => refuse('x', [{ kind: 'tool_call', name: 'f' }], beside)).toThrow(code('target_unsupported'));
    expect(() => refuse('It was Rome.', [{ kind: 'sentences' }])).not.toThrow();
  });

  it('refuses a foil that says what the target says, and one that is missing', () => {
    expect(() => refuse('It is Paris.', [{ kind: 'completion' }])).toThrow(expect.objectContaining({ code: 'validation_failed', faults: [expect.objectContaining({ pointer: '/scorer/options/foil' })] }) as ProblemError);
    expect(() => refuse('Paris', [{ kind: 'span', start: 5, end: 11 }])).toThrow(code('validation_failed'));
    for (const options of [{}, { foil: '' }, { foil: 'x', transform: 'log_odds' }]) expect(contrast.options.safeParse(options).success).toBe(false);
  });
});
