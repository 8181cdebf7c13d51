import { describe, expect, it } from 'vitest';
import { full, key } from '../../../../src/core/masks.ts';
import { methodById } from '../../../../src/core/methods/index.ts';
import { createRng, gaussian } from '../../../../src/core/rng.ts';
import { withNoise } from '../../../../src/core/sampling/noise.ts';
import { meanOfSamples, type SampledMask } from '../../../../src/core/sampling/samples.ts';
import type { Attribution, Game, Mask } from '../../../../src/core/types.ts';
import { replay } from '../../../../src/service/drive.ts';

type Draw = (mask: Mask, rng: () => number) => number;
interface Setup {
  id: string;
  options?: object;
  n: number;
  budget: number;
  repeats: number;
}

const REFERENCES = 7;

/** Plays a method against a model that draws its values, `repeats` for each mask and seven for the unchanged call. */
function play({ id, options: chosen = {}, n, budget, repeats }: Setup, draw: Draw, seed: number): { attribution: Attribution; floor: number } {
  const method = methodById(id);
  if (!method) throw new Error(`no method ${id}`);
  const options = method.options.parse(chosen);
  const rng = createRng(seed, 'model');
  const asked = new Map<string, SampledMask & { fitted: boolean }>();
  const ask = (mask: Mask): SampledMask => {
    const known = asked.get(key(mask));
    if (known) return known;
    const count = key(mask) === key(full(n)) ? Math.max(REFERENCES, repeats) : repeats;
    const fresh = { mask, fitted: true, samples: Array.from({ length: count }, () => Float64Array.of(draw(mask, rng))) };
    asked.set(key(mask), fresh);
    return fresh;
  };
  ask(full(n));
  const game = (): Game => ({ n, columns: 1, weights: Float64Array.of(1), rng: createRng(seed, 'method') });
  const lookUp = (mask: Mask) => meanOfSamples(ask(mask).samples, 1);
  const missing = (): never => {
    throw new Error('every mask is there');
  };
  const { attributions } = replay(method, game(), options, budget, lookUp, missing);
  const masks = [...asked.values()];
  const rows = new Map(masks.map(({ mask }, row) => [key(mask), row]));
  const found = withNoise({
    method, options, game: game(), masks, attributions, rate: false, rng: createRng(seed, 'noise'),
    play: (columns, weights, values) => replay(method, { ...game(), columns, weights }, options, budget, (mask) => values[rows.get(key(mask)) ?? -1] ?? null, missing).attributions,
  });
  const [attribution] = found.attributions;
  if (!attribution) throw new Error('no attribution');
  return { attribution, floor: found.noise?.floor[0] ?? NaN };
}

/** Share of units whose interval leaves out their true score. */
function missed(setup: Setup, draw: Draw, truth: (unit: number) => number, games: number): number {
  let out = 0;
  for (let seed = 0; seed < games; seed += 1) {
    play(setup, draw, seed).attribution.intervals?.forEach(([low, high], unit) => {
      if (truth(unit) < low - 1e-9 || truth(unit) > high + 1e-9) out += 1;
    });
  }
  return out / (games * setup.n);
}

const lumpy = (p: number): Draw => (_, rng) => (rng() < p ? 0.2 : 1);
const threefold: Draw = (_, rng) => {
  const draw = rng();
  return draw < 0.6 ? 1 : draw < 0.8 ? 0.67 : 0;
};
const normal: Draw = (_, rng) => 0.7 + 0.1 * gaussian(rng);

const setups: Setup[] = [
  { id: 'leave-one-out', n: 6, budget: 7, repeats: 1 },
  { id: 'leave-one-out', n: 6, budget: 7, repeats: 4 },
  { id: 'lshap', options: { num_neighbors: 1 }, n: 6, budget: 50, repeats: 1 },
  { id: 'lshap', options: { num_neighbors: 1 }, n: 6, budget: 50, repeats: 3 },
  { id: 'shapley', options: { estimator: 'exact' }, n: 5, budget: 32, repeats: 1 },
  { id: 'shapley', options: { estimator: 'exact' }, n: 5, budget: 32, repeats: 2 },
  { id: 'shapley', options: { estimator: 'kernel' }, n: 5, budget: 24, repeats: 1 },
  { id: 'shapley', n: 5, budget: 24, repeats: 2 },
  { id: 'owen', n: 5, budget: 24, repeats: 1 },
];

describe('intervals with sampling noise', () => {
  const name = ({ id, options, repeats }: Setup) => `${id} ${JSON.stringify(options ?? {})} × ${repeats}`;

  it.each(setups.map((setup) => [name(setup), setup] as const))('leave out the 0 of units without effect in hardly more than 5 %: %s', (_, setup) => {
    // 5 % and two standard errors of the share, with one independent score per game, as the scores share v(1)
    const games = 150;
    const limit = 0.05 + 2 * Math.sqrt((0.05 * 0.95) / games);
    for (const draw of [lumpy(0.15), lumpy(0.5), threefold, normal]) expect(missed(setup, draw, () => 0, games)).toBeLessThanOrEqual(limit);
  });

  it.each(setups.map((setup) => [name(setup), setup] as const))('hold the effect of a unit that has one, and leave out its 0: %s', (_, setup) => {
    const draw: Draw = (mask, rng) => normal(mask, rng) - (mask[0] === 1 ? 0 : 0.6);
    expect(missed(setup, draw, (unit) => (unit === 0 ? 0.6 : 0), 40)).toBeLessThanOrEqual(0.1);
    const told = Array.from({ length: 40 }, (__, seed) => play(setup, draw, seed).attribution.intervals?.[0]?.[0] ?? NaN).filter((low) => low > 0);
    expect(told.length).toBeGreaterThanOrEqual(38);
  });

  it('has the floor of a difference for leave-one-out: t·σ·√(1/7 + 1/r)', () => {
    const floors = Array.from({ length: 200 }, (_, seed) => play({ id: 'leave-one-out', n: 3, budget: 4, repeats: 3 }, normal, seed).floor);
    const square = floors.reduce((sum, floor) => sum + floor ** 2, 0) / floors.length;
    expect(Math.sqrt(square)).toBeCloseTo(2.306 * 0.1 * Math.sqrt(1 / 7 + 1 / 3), 2);
  });

  it('keeps a regression’s own intervals: its residuals hold the noise already', () => {
    const setup = { id: 'banzhaf', options: { num_masks: 40 }, n: 8, budget: 40, repeats: 1 };
    const { attribution, floor } = play(setup, normal, 3);
    const half = ([low, high]: readonly [number, number]) => (high - low) / 2;
    const widths = attribution.intervals?.map(half).toSorted((a, b) => a - b) ?? [];
    // Welch's of 20 against 20 values of σ 0.1
    expect(widths[4]).toBeCloseTo(2.02 * 0.1 * Math.sqrt(2 / 20), 1);
    expect(floor).toBeGreaterThan(0.03);
    expect(floor).toBeLessThan(0.15);
  });

  it('has none, and no floor, where the unchanged call was asked once', () => {
    const method = methodById('leave-one-out');
    if (!method) throw new Error('no leave-one-out');
    const attributions = [{ scores: Float64Array.of(1), intercept: 1 }];
    const game = { n: 1, columns: 1, weights: Float64Array.of(1), rng: createRng(0, 'method') };
    const masks = [{ mask: full(1), fitted: true, samples: [Float64Array.of(1)] }];
    expect(withNoise({ method, options: {}, game, masks, attributions, rate: false, rng: createRng(0, 'noise'), play: () => [] })).toEqual({ attributions, noise: null });
  });
});
