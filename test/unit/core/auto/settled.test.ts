import { describe, expect, it } from 'vitest';
import { patience, settled, type Evidence } from '../../../../src/core/auto/settled.ts';
import { support } from '../../../../src/core/auto/support.ts';
import { halfMasks } from '../../../../src/core/masks.ts';
import { auto } from '../../../../src/core/methods/auto.ts';
import { moments, sums } from '../../../../src/core/moments.ts';
import { createRng, gaussian } from '../../../../src/core/rng.ts';
import { first, play } from '../shapley/games.ts';
import { game, withNoise } from './games.ts';

/** What `rows` half masks with noise say of a game; unseen rows are predicted as well as the noise allows. */
function drawn(truth: readonly number[], rows: number, noise: number, seed = 1): Evidence {
  const rng = createRng(seed, 'settled');
  const x = halfMasks(truth.length, rows, rng).map((mask) => Float64Array.from(mask, (bit) => bit - 0.5));
  const y = Float64Array.from(x, (row) => row.reduce((sum, value, i) => sum + value * (truth[i] as number), 0) + noise * gaussian(rng));
  return { rows, units: [...truth.keys()], pairs: [], support: support(moments(sums(x, y, x.keys()))), unseen: noise * noise };
}

describe('settled', () => {
  const clear = [4, -3, 2, 1, 0, 0, 0, 0];

  it('when the effects are told from one another and from nothing', () => {
    expect(settled(drawn(clear, 64, 0.2), 3, 0.95, 64)).toBe(true);
    expect(settled(drawn(clear, 64, 0), 3, 0.95, 64)).toBe(true);
  });

  it('not while noise hides the order of the largest', () => {
    expect(settled(drawn([4, 2.5, 2, 0, 0, 0], 24, 2), 3, 0.95, 64)).toBe(false);
    expect(settled({ ...drawn([4, 2.5, 2, 0, 0, 0], 64, 0.2), unseen: 9 }, 3, 0.95, 64)).toBe(false);
  });

  it('with near ties, whose order nobody could be sure of', () => {
    expect(settled(drawn([4, 3.99, 2, 0, 0, 0], 64, 0.2), 3, 0.95, 64)).toBe(true);
  });

  it('not while a unit could still matter, nor when nothing is found', () => {
    for (let seed = 0; seed < 10; seed++) expect(settled(drawn([4, 2, 2, 2], 24, 4, seed), 1, 0.95, 64)).toBe(false);
    expect(settled(drawn([0, 0, 0, 0], 64, 1), 3, 0.95, 64)).toBe(false);
  });

  it('soon when nothing ever changes', () => {
    expect(settled(drawn([0, 0, 0], 24, 0), 3, 0.95, 64)).toBe(true);
    expect(settled(drawn([0, 0, 0], 16, 0), 3, 0.95, 64)).toBe(false);
  });

  it('later with more confidence, and with more to spend', () => {
    const stops = (confidence: number, most: number): number =>
      Array.from({ length: 60 }, (_, seed) => settled(drawn(clear, 28, 0.5, seed), 3, confidence, most)).filter(Boolean).length;
    expect(stops(0.8, 64)).toBeGreaterThan(stops(0.99, 64));
    expect(stops(0.95, 64)).toBeGreaterThan(stops(0.95, 256));
  });

  it('spends its errors late, and fewer with more to spend', () => {
    expect(patience(32, 64)).toBe(1);
    for (const most of [16, 48, 64, 128, 200]) {
      for (let rows = 8; rows < most; rows += 8) {
        expect(patience(rows, most)).toBeLessThanOrEqual(patience(rows + 8, most));
        expect(patience(rows, most)).toBeLessThanOrEqual(2);
        expect(patience(rows, 2 * most)).toBeLessThanOrEqual(patience(rows, most));
      }
    }
    expect(patience(24, 64)).toBeLessThan(0.2);
    expect(patience(60, 500)).toBe(patience(60, 128));
  });

  it('is not held up by the order of products', () => {
    const evidence = drawn([4, 2, 1.9, 0, 0, 0], 64, 0.2);
    expect(settled({ ...evidence, units: [0, 1, 2], pairs: [[0, 1], [0, 2], [1, 2]] }, 3, 0.95, 64)).toBe(true);
  });
});

describe('groups among the features', () => {
  it('keep it from being settled: what units share says nothing of their order', () => {
    const evidence = drawn([4, 3, 0, 0], 64, 0.1);
    expect(settled(evidence, 3, 0.95, 64)).toBe(true);
    expect(settled({ ...evidence, units: [0] }, 3, 0.95, 64)).toBe(false);
  });
});

describe('what a settled stop promises', () => {
  /** Games of two to five effects of either sign among 24 units, played until they settle. */
  function record(noise: number, games: number) {
    const found = { stops: 0, named: 0, wrong: 0, misordered: 0, calls: 0 };
    for (let seed = 0; seed < games; seed++) {
      const rng = createRng(seed, 'claims');
      const strong = 2 + Math.floor(4 * rng());
      const truth = Array.from({ length: 24 }, (_, i) => (i < strong ? (0.5 + 3.5 * rng()) * (rng() < 0.2 ? -1 : 1) : 0));
      const value = withNoise(game(24, Object.fromEntries(truth.entries())), noise, seed);
      const played = play(auto, 24, [value], { seed, budget: 64 });
      found.calls += played.masks.length;
      if (played.finding.stopped !== 'settled') continue;
      found.stops++;
      const sizes = Array.from(first(played).scores, Math.abs);
      const order = [...sizes.keys()].sort((i, j) => (sizes[j] as number) - (sizes[i] as number));
      const real = (i: number | undefined): number => Math.abs(truth[i as number] as number);
      const largest = Math.max(...truth.map(Math.abs));
      const named = order.filter((i) => (sizes[i] as number) >= 0.2 * (sizes[order[0] as number] as number));
      found.named += named.length;
      found.wrong += named.filter((i) => real(i) === 0).length;
      // Scores next to the limit may fall on either side of it: missed is what is plainly below.
      found.wrong += order.filter((i) => real(i) >= 0.2 * largest && (sizes[i] as number) < 0.1 * largest).length;
      const steps = order.slice(0, Math.min(3, strong - 1));
      if (steps.some((i, at) => real(i) < real(order[at + 1]) - 0.2 * largest)) found.misordered++;
    }
    return found;
  }

  it('without noise: everything, exactly, with few calls', () => {
    const { stops, wrong, misordered, calls } = record(0, 20);
    expect([stops, wrong, misordered]).toEqual([20, 0, 0]);
    expect(calls / 20).toBeLessThan(32);
  });

  it('with noise: at most 5 % of the decisions wrong, and at most 5 % of the orders', () => {
    const { stops, named, wrong, misordered, calls } = record(0.5, 60);
    expect(stops).toBeGreaterThan(40);
    expect(wrong / named).toBeLessThanOrEqual(0.05);
    expect(misordered / stops).toBeLessThanOrEqual(0.05);
    expect(calls / 60).toBeLessThan(0.6 * 64);
  });
});
