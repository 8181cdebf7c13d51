import { describe, expect, it } from 'vitest';
import { predict } from '../../../../src/core/faithfulness.ts';
import { empty, full, key, without } from '../../../../src/core/masks.ts';
import { auto } from '../../../../src/core/methods/auto.ts';
import { createRng, gaussian } from '../../../../src/core/rng.ts';
import type { Attribution, Finding, Mask, Round } from '../../../../src/core/types.ts';
import { coverage, expectClose, first, play, type Setting } from '../shapley/games.ts';

const SIZES = [4, 8, 12, 30];
const weighed = (weights: readonly number[]) => (mask: Mask): number =>
  weights.reduce((total, weight, i) => total + weight * (mask[i] as number), 2);
/** Effects of the units beside the pair 0, 1, which has none of its own. */
const beside = (n: number): number[] => Array.from({ length: n }, (_, i) => (i === 2 ? 3 : i === 3 ? -2 : 0));
const either = (n: number) => (mask: Mask): number => weighed(beside(n))(mask) + 6 * Math.max(mask[0] as number, mask[1] as number);
const joint = (n: number) => (mask: Mask): number => weighed(beside(n))(mask) + 6 * (mask[0] as number) * (mask[1] as number);
/** Half of the pair's effect is each unit's, averaged over the masks of the other. */
const averaged = (n: number): number[] => beside(n).map((effect, i) => (i < 2 ? 3 : effect));

/** Every round with what was said before it. */
function rounds(n: number, value: (mask: Mask) => number, options: object = {}, budget = Infinity): { rounds: Round[]; finding: Finding } {
  const game = { n, columns: 1, weights: Float64Array.of(1), rng: createRng(1, 'method') };
  const run = auto.run(game, auto.options.parse(options), budget);
  const seen: Round[] = [];
  let step = run.next();
  while (step.done !== true) {
    seen.push(step.value);
    step = run.next(step.value.masks.map((mask) => Float64Array.of(value(mask))));
  }
  return { rounds: seen, finding: step.value };
}

/** No further from the truth than `slack` in any unit, and the call's own value predicted. */
function expectTruth(attribution: Attribution, truth: readonly number[], value: (mask: Mask) => number, slack: number): void {
  expectClose(attribution.scores, truth, slack);
  expect(Math.abs(attribution.intercept - value(full(truth.length)))).toBeLessThan(2 * slack);
}

describe.each(SIZES)('%i units without noise', (n) => {
  const slack = n <= 8 ? 1e-9 : 0.1;

  it('a sum: the weights, no pairs', () => {
    const weights = Array.from({ length: n }, (_, i) => [5, -3, 2, 0][i] ?? 0);
    for (const seed of [1, 2, 3]) {
      const played = play(auto, n, [weighed(weights)], { seed });
      expectTruth(first(played), weights, weighed(weights), slack);
      expect(first(played).interactions).toEqual([]);
      expect(played.masks.length).toBeLessThanOrEqual(auto.evaluations(n, auto.options.parse({}), Infinity));
      expect(played.finding.stopped).not.toBe('budget');
    }
  });

  it.each([['either suffices', either, -6], ['both needed', joint, 6]] as const)('a pair of which %s: found, read and proved', (reading, game, effect) => {
    for (const seed of [1, 2, 3]) {
      const played = play(auto, n, [game(n)], { seed });
      expectTruth(first(played), averaged(n), game(n), 3 * slack);
      const pairs = first(played).interactions ?? [];
      expect(pairs.map(({ units, reading: seen }) => [units.join(), seen])).toEqual([['0,1', reading]]);
      expect(Math.abs((pairs[0]?.score as number) - effect)).toBeLessThan(6 * slack);
      const asked = new Set(played.masks.map(key));
      for (const proof of [full(n), without(n, 0), without(n, 1), without(n, 0, 1)]) expect(asked.has(key(proof))).toBe(true);
    }
  });

  it('what it says predicts masks that it never asked for', () => {
    const rng = createRng(4, 'fresh');
    for (const game of [either, joint]) {
      const attribution = first(play(auto, n, [game(n)]));
      for (let turn = 0; turn < 30; turn++) {
        const mask = empty(n).map(() => (rng() < 0.5 ? 1 : 0));
        expect(Math.abs(predict(attribution, mask) - game(n)(mask))).toBeLessThan(6 * slack);
      }
    }
  });
});

describe('few units', () => {
  it('up to 6 are evaluated on every mask: Banzhaf\'s values of any game', () => {
    const rough = (mask: Mask): number => createRng(3, mask.join(''))();
    const { finding, masks } = play(auto, 5, [rough]);
    expect(masks).toHaveLength(32);
    expect(finding.stopped).toBe('done');
    const mean = (unit: number, bit: number): number => masks.filter((mask) => mask[unit] === bit).reduce((sum, mask) => sum + rough(mask) / 16, 0);
    expectClose(finding.attributions[0]?.scores ?? [], Array.from({ length: 5 }, (_, unit) => mean(unit, 1) - mean(unit, 0)));
  });

  it('7 and 8: pairs suffice, or more is asked, with what is known so far', () => {
    // No sum of pairs: what a unit adds grows with the square of how many others are there.
    const steep = (mask: Mask): number => mask.filter((bit) => bit === 1).length ** 3;
    expect(rounds(8, joint(8)).rounds.map(({ masks }) => masks.length)).toEqual([45]);
    const { rounds: asked, finding } = rounds(8, steep);
    expect(asked).toHaveLength(2);
    expect(asked[0]?.soFar).toBeUndefined();
    expect(asked[1]?.soFar?.[0]?.scores).toHaveLength(8);
    // E[(s + 1)³ − s³] over s of 7 others.
    expectClose(finding.attributions[0]?.scores ?? [], new Array<number>(8).fill(53.5), 8);
    expect(rounds(8, joint(8), { early_stop: false }).rounds).toHaveLength(2);
  });

  it('too small a budget for pairs: each unit alone', () => {
    const { finding, masks } = play(auto, 8, [weighed([5, -3, 2])], { budget: 20 });
    expect(masks).toHaveLength(9);
    expectClose(finding.attributions[0]?.scores ?? [], [5, -3, 2, 0, 0, 0, 0, 0]);
    expect(finding.stopped).toBe('budget');
  });
});

describe('many units', () => {
  const noisy = (n: number, seed: number): { truth: number[]; value: (mask: Mask) => number } => {
    const rng = createRng(seed, 'game');
    const truth = Array.from({ length: n }, (_, i) => (i < 4 ? 2 * gaussian(rng) : 0));
    return { truth, value: (mask) => weighed(truth)(mask) + 0.5 * gaussian(rng) };
  };

  it('goes in rounds, each after the first with what is known so far, and never asks a mask twice', () => {
    const { value } = noisy(30, 1);
    const { rounds: asked } = rounds(30, value, { early_stop: true, top_k: 30 }, 160);
    expect(asked.length).toBeGreaterThan(2);
    expect(asked[0]?.soFar).toBeUndefined();
    for (const { soFar } of asked.slice(1)) expect(soFar?.[0]?.scores).toHaveLength(30);
    const keys = asked.flatMap(({ masks }) => masks.map(key));
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('stops early when the ranking is settled, at the budget when it is not, and spends it all when told to', () => {
    const clear = weighed(Array.from({ length: 20 }, (_, i) => [9, 5, 2][i] ?? 0));
    const settled = play(auto, 20, [clear]);
    expect(settled.finding.stopped).toBe('settled');
    expect(settled.masks.length).toBeLessThan(100);
    const rng = createRng(2, 'noise');
    const lost = play(auto, 20, [() => gaussian(rng)], { budget: 90 });
    expect(lost.finding.stopped).toBe('budget');
    expect(lost.masks).toHaveLength(90);
    const whole = play(auto, 20, [clear], { budget: 90, options: { early_stop: false } });
    expect([whole.finding.stopped, whole.masks.length]).toEqual(['budget', 90]);
  });

  it('a call that nothing matters to is settled at once', () => {
    const { finding, masks } = play(auto, 25, [() => -3.7]);
    expect(masks).toHaveLength(32);
    expect(finding.stopped).toBe('settled');
    expect(finding.attributions[0]?.scores.every((score) => score === 0)).toBe(true);
  });

  it('intervals contain the truth about as often as they say, with noise, pairs and all', () => {
    const share = coverage(Array.from({ length: 40 }, (_, seed) => {
      const { truth, value } = noisy(16, seed);
      const pair = (mask: Mask): number => value(mask) + 3 * (mask[0] as number) * (mask[9] as number);
      const setting: Setting = { seed, budget: 96, options: { early_stop: false } };
      return { played: play(auto, 16, [pair], setting), truth: truth.map((effect, i) => effect + (i === 0 || i === 9 ? 1.5 : 0)) };
    }));
    expect(share).toBeGreaterThan(0.91);
  });

  it('pure noise is hardly ever taken for a pair', () => {
    let found = 0;
    for (let seed = 0; seed < 20; seed++) {
      const rng = createRng(seed, 'noise');
      found += first(play(auto, 16, [() => gaussian(rng)], { seed, budget: 96 })).interactions?.length ?? 0;
    }
    expect(found).toBeLessThanOrEqual(2);
  });

  it('proves the pairs of every target, not of the first alone', () => {
    const n = 14;
    const { finding } = play(auto, n, [weighed([9, 4, 0]), either(n), joint(n)], { options: { early_stop: false } });
    expect(finding.attributions.map(({ interactions }) => (interactions ?? []).map(({ reading }) => reading))).toEqual([[], ['either suffices'], ['both needed']]);
  });

  it('a value lost here and there changes little', () => {
    const n = 20;
    const value = (mask: Mask): number => (createRng(1, mask.join(''))() < 0.1 ? Number.NaN : joint(n)(mask));
    const attribution = first(play(auto, n, [value], { options: { early_stop: false } }));
    expectClose(attribution.scores, averaged(n), 0.3);
  });

  it('a budget below a regression is each unit alone, which the plan has to refuse', () => {
    expect(auto.evaluations(30, auto.options.parse({}), 10)).toBe(31);
    expect(auto.evaluations(30, auto.options.parse({}), 16)).toBe(16);
    expect(auto.evaluations(30, auto.options.parse({}), Infinity)).toBe(200);
  });
});

it('fits stored half masks of other methods, without the proofs of pairs', () => {
  const rng = createRng(6, 'stored');
  const n = 15;
  const masks = Array.from({ length: 80 }, () => empty(n).map(() => (rng() < 0.5 ? 1 : 0)));
  const game = { n, columns: 1, weights: Float64Array.of(1), rng };
  const [found] = auto.fit?.(game, masks, masks.map((mask) => Float64Array.of(joint(n)(mask))), auto.options.parse({})) ?? [];
  expectClose(found?.scores ?? [], averaged(n), 0.2);
  expect(found?.interactions).toEqual([]);
});
