import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planFor } from '../../../../src/core/auto/limits.ts';
import { predict } from '../../../../src/core/faithfulness.ts';
import { absentees, key } from '../../../../src/core/masks.ts';
import { auto } from '../../../../src/core/methods/auto.ts';
import { createRng, gaussian } from '../../../../src/core/rng.ts';
import { everyMask } from '../../../../src/core/subsets.ts';
import { game, lds, type Term, type Value, withNoise } from '../auto/games.ts';
import { anyGame, expectClose, first, play, sum, valueOf } from '../shapley/games.ts';

const OR: Term = { units: [2, 11], weight: 3, any: true };
const AND: Term = { units: [5, 7], weight: -2.5, any: false };

describe('how much it asks', () => {
  it('is the plan\'s, whatever the game, and never the same mask twice', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 30 }), fc.oneof(fc.integer({ min: 1, max: 90 }), fc.constant(Infinity)), fc.boolean(), fc.nat(), (n, budget, stop, seed) => {
      const options = auto.options.parse({ early_stop: stop });
      const most = auto.evaluations(n, options, budget);
      // What the service refuses is not run.
      if (most > budget) return;
      const rng = createRng(seed, 'weights');
      const value = withNoise(game(n, Object.fromEntries(Array.from({ length: n }, (_, i) => [i, gaussian(rng)]))), 0.3, seed);
      const { masks } = play(auto, n, [value], { budget, seed, options });
      expect(masks.length).toBeLessThanOrEqual(most);
      expect(new Set(masks.map(key)).size).toBe(masks.length);
      if (!stop) expect(masks.length).toBe(most);
    }), { numRuns: 15 });
  });

  it('is all masks of six units, pairs of eight, half masks of more, and leave-one-out when nothing else can be', () => {
    expect([1, 2, 6, 7, 8, 9, 500].map((n) => planFor(n, Infinity))).toEqual([
      { kind: 'exhaustive', most: 2 }, { kind: 'exhaustive', most: 4 }, { kind: 'exhaustive', most: 64 },
      { kind: 'pairs', most: 128 }, { kind: 'pairs', most: 200 }, { kind: 'rounds', most: 200 }, { kind: 'rounds', most: 200 },
    ]);
    expect(planFor(6, 40)).toEqual({ kind: 'pairs', most: 40 });
    expect(planFor(5, 20)).toEqual({ kind: 'pairs', most: 20 });
    expect(planFor(8, 30)).toEqual({ kind: 'singles', most: 9 });
    expect(planFor(12, 15)).toEqual({ kind: 'singles', most: 13 });
    expect(planFor(24, 10)).toEqual({ kind: 'rounds', most: 10 });
    expect(planFor(24, 7)).toEqual({ kind: 'singles', most: 25 });
    expect(planFor(12, 16)).toEqual({ kind: 'rounds', most: 16 });
    expect(planFor(9, 5_000)).toEqual({ kind: 'rounds', most: 512 });
  });
});

describe('few units', () => {
  it('over all masks: the average effects and interactions, exactly, without intervals', () => {
    fc.assert(fc.property(anyGame(6), ({ n, table }) => {
      const { finding, masks } = play(auto, n, [valueOf(table)]);
      expect(masks).toHaveLength(2 ** n);
      expect(finding.stopped).toBe('done');
      const effects = Array.from({ length: n }, (_, i) => {
        const bit = 2 ** i;
        return sum(Array.from(table, (value, code) => (code & bit ? value : -value))) / 2 ** (n - 1);
      });
      expectClose(first({ finding, masks, rounds: 1 }).scores, effects);
      expect(finding.attributions[0]?.intervals).toBeUndefined();
    }), { numRuns: 30 });
  });

  it('seven and eight: pairs are enough for a game of pairs, and tested', () => {
    const value = game(8, { 0: 2, 3: -1 }, [{ units: [1, 2], weight: 3, any: true }, { units: [4, 6], weight: 2, any: false }]);
    const played = play(auto, 8, [value]);
    expect(played.finding.stopped).toBe('done');
    expect(played.masks).toHaveLength(37 + 8);
    const { scores, interactions } = first(played);
    expectClose(scores, [2, 1.5, 1.5, -1, 1, 0, 1, 0], 1e-8);
    expect(interactions?.map(({ units, reading, score }) => [units, reading, Math.round(score * 1e6) / 1e6])).toEqual([
      [[1, 2], 'either suffices', -3], [[4, 6], 'both needed', 2],
    ]);
    for (const mask of everyMask(8)) expect(predict(first(played), mask)).toBeCloseTo(value(mask), 8);
  });

  it('seven and eight: more masks where pairs are not enough', () => {
    const value = game(7, { 0: 1 }, [{ units: [1, 2, 3, 5], weight: 6, any: false }]);
    const played = play(auto, 7, [value]);
    expect(played.masks).toHaveLength(128);
    expect(first(played).scores[1]).toBeCloseTo(6 / 8, 9);
    expect(play(auto, 8, [game(8, { 0: 1 }, [{ units: [1, 2, 3, 5], weight: 6, any: false }])], { budget: 120 }).masks).toHaveLength(120);
  });

  it('a failed removal costs its own unit, at leave-one-out, and nothing where other masks tell the same', () => {
    const value = game(3, { 0: 1, 1: 2, 2: 3 });
    const one: Value = (mask) => (mask.join('') === '101' ? Number.NaN : value(mask));
    expectClose(first(play(auto, 3, [one])).scores, [1, 2, 3]);
    const few = first(play(auto, 3, [one], { budget: 5 })).scores;
    expectClose([few[0], few[2]] as number[], [1, 3]);
    expect(few[1]).toBeNaN();
    // Pairs were not looked for, which the held-out check must know.
    expect(first(play(auto, 3, [value], { budget: 5 }))).not.toHaveProperty('interactions');
    const all: Value = (mask) => (mask[1] === 0 ? Number.NaN : value(mask));
    const { scores, intercept } = first(play(auto, 3, [all]));
    expect(scores[1]).toBeNaN();
    expectClose([scores[0], scores[2], intercept] as number[], [1, 3, value(Uint8Array.of(1, 1, 1))]);
  });
});

describe('many units', () => {
  it('stops early, and right, where there is no noise', () => {
    const played = play(auto, 40, [game(40, { 3: 4, 17: -2, 30: 1 })]);
    expect(played.finding.stopped).toBe('settled');
    expect(played.masks.length).toBeLessThanOrEqual(48);
    const { scores } = first(played);
    expectClose([scores[3], scores[17], scores[30]] as number[], [4, -2, 1], 0.01);
    expect(sum(Array.from(scores, Math.abs))).toBeCloseTo(7, 1);
  });

  it('finds redundant and joint pairs, proves them by their own ablations and reads them right', () => {
    const value = game(40, { 0: 3, 20: -1.5, 33: 1 }, [OR, AND]);
    const played = play(auto, 40, [withNoise(value, 0.2, 4)], { options: { early_stop: false }, budget: 128 });
    const { interactions, scores, intercept } = first(played);
    expect(interactions?.map(({ units, reading }) => [units, reading])).toEqual([[[2, 11], 'either suffices'], [[5, 7], 'both needed']]);
    expect(interactions?.map(({ score }) => Math.round(score))).toEqual([-3, -2]);
    expect(Math.abs((scores[2] as number) - 1.5)).toBeLessThan(0.2);
    expect(Math.abs(intercept - value(new Uint8Array(40).fill(1)))).toBeLessThan(1);
    const proofs = played.masks.filter((mask) => absentees(mask).length <= 2).map((mask) => absentees(mask).join());
    expect(proofs).toEqual(expect.arrayContaining(['', '2', '11', '2,11', '5', '7', '5,7']));
    expect(lds(first(played), 40, value, 1)).toBeGreaterThan(0.97);
  });

  it('calls a pair independent that its own ablation does not show', () => {
    // Redundant among halves, but not beside everything else: the effect needs unit 9 to be away.
    const value: Value = (mask) => game(20, { 0: 2, 5: 1.5, 9: 1 })(mask) + (mask[9] === 0 ? 5 * (mask[0] as number) * (mask[5] as number) : 0);
    const { interactions } = first(play(auto, 20, [value], { options: { early_stop: false }, budget: 160 }));
    const pair = interactions?.find(({ units }) => units.join() === '0,5');
    expect(pair?.reading).toBe('independent');
    expect(pair?.score).toBeGreaterThan(1.5);
  });

  it('fits what it evaluated the same as it ran', () => {
    const value = withNoise(game(30, { 1: 3, 8: -2 }, [OR]), 0.3, 2);
    const seen = new Map<string, number>();
    const memo: Value = (mask) => {
      const known = seen.get(key(mask)) ?? value(mask);
      seen.set(key(mask), known);
      return known;
    };
    const { masks, finding } = play(auto, 30, [memo], { budget: 96 });
    const refitted = auto.fit?.(
      { n: 30, columns: 1, weights: Float64Array.of(1), rng: createRng(9, 'other') },
      masks, masks.map((mask) => Float64Array.of(memo(mask))), auto.options.parse({}),
    );
    expect(refitted).toEqual(finding.attributions);
  });

  it('tells as it goes: provisional attributions with intervals after the first round', () => {
    const value = withNoise(game(24, { 1: 1, 2: 0.9, 3: 0.8 }), 1, 5);
    const run = auto.run({ n: 24, columns: 1, weights: Float64Array.of(1), rng: createRng(1, 'rounds') }, auto.options.parse({}), 96);
    let step = run.next();
    for (let round = 0; step.done !== true; round++) {
      expect(step.value.soFar === undefined).toBe(round === 0);
      if (round > 0) expect(step.value.soFar?.[0]?.intervals).toHaveLength(24);
      step = run.next(step.value.masks.map((mask) => Float64Array.of(value(mask))));
    }
    expect(step.value.stopped).toBe('budget');
  });

  it('serves every target from the same masks', () => {
    const one = game(20, { 1: 2 });
    const other = game(20, { 7: -3 });
    const { attributions } = play(auto, 20, [one, other]).finding;
    expect(attributions.map(({ scores }) => Math.round(scores[1] as number))).toEqual([2, 0]);
    expect(attributions.map(({ scores }) => Math.round(scores[7] as number))).toEqual([0, -3]);
  });

  it('failed values cost information, not the attribution', () => {
    const value = game(20, { 1: 2, 7: -3 });
    const rng = createRng(3, 'failures');
    const some = first(play(auto, 20, [(mask) => (rng() < 0.2 ? Number.NaN : value(mask))]));
    expectClose([some.scores[1], some.scores[7]] as number[], [2, -3], 0.1);
    const { scores, intervals } = first(play(auto, 20, [(mask) => (mask[7] === 0 ? Number.NaN : value(mask))]));
    expect(scores[7]).toBeNaN();
    expect(intervals?.[7] ?? [NaN, NaN]).toEqual([NaN, NaN]);
    expect(scores[1]).toBeCloseTo(2, 1);
    const nothing = play(auto, 20, [() => Number.NaN]);
    expect([...first(nothing).scores].every(Number.isNaN)).toBe(true);
    expect(nothing.finding.stopped).toBe('budget');
  });

  it('values that never change give zeros at once', () => {
    const played = play(auto, 20, [() => -0.3]);
    expect(played.finding.stopped).toBe('settled');
    expect(played.masks).toHaveLength(24);
    expect([...first(played).scores]).toEqual(new Array(20).fill(0));
    expect(first(played).intercept).toBeCloseTo(-0.3, 12);
  });
});
