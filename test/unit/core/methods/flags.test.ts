import { describe, expect, it } from 'vitest';
import { methodById, methods } from '../../../../src/core/methods/index.ts';
import { createRng, gaussian } from '../../../../src/core/rng.ts';
import type { Method } from '../../../../src/core/types.ts';
import { first, play } from '../shapley/games.ts';

/*
 * A model that ignores its input, told by noise alone: 95 % intervals flag (leave 0 out for) at most one unit in twenty,
 * over 200 games with fixed seeds, for every method that has intervals. They flag some, or they would say nothing.
 */
const JOBS = 200;
/** Two standard errors of a share of 5 %, were as few as a third of the units independent. */
const allowed = (units: number): number => 0.05 + 2 * Math.sqrt((3 * 0.05 * 0.95) / units);

/** Units with an interval over all games, and those of them whose interval leaves 0 out. */
function flags(id: string, options: object, n: number, budget: number, draw: (rng: () => number) => number): { units: number; flagged: number } {
  let flagged = 0;
  let units = 0;
  for (let seed = 0; seed < JOBS; seed++) {
    const rng = createRng(seed, 'noise');
    const { intervals = [] } = first(play(methodById(id) as Method, n, [() => draw(rng) - 3], { options, budget, seed }));
    units += intervals.filter(([low]) => !Number.isNaN(low)).length;
    flagged += intervals.filter(([low, high]) => low > 0 || high < 0).length;
  }
  return { units, flagged };
}

/** Draws with mean 0 and variance 1. */
const NOISES: readonly [string, (rng: () => number) => number][] = [
  ['normal', gaussian],
  ['two values', (rng) => (rng() < 0.5 ? -1 : 1)],
  ['skewed', (rng) => -Math.log(1 - rng()) - 1],
];

describe.each(NOISES)('%s noise', (_, draw) => {
  it.each([
    ['lasso', {}, 20, 64],
    ['lasso', { num_masks: 16 }, 12, 16],
    ['lasso', { alpha: 'cv', num_masks: 64 }, 20, 64],
    ['shapley', {}, 20, 78],
    ['shapley', {}, 20, 300],
    ['shapley', {}, 12, 200],
    ['shapley', { estimator: 'kernel' }, 12, 100],
    ['shapley', { estimator: 'kernel' }, 12, 300],
    ['banzhaf', {}, 20, 100],
    ['banzhaf', { num_masks: 16 }, 20, 16],
    ['owen', {}, 20, 120],
    ['owen', {}, 12, 200],
    ['clime', {}, 12, 200],
    ['clime', { weighting: 'unit' }, 12, 200],
  ])('%s %j, %i units, %i calls: at most 5 % are flagged', (id, options, n, budget) => {
    const { units, flagged } = flags(id, options, n, budget, draw);
    // Walks of two values may show nothing of a unit, which then has no interval.
    expect(units).toBeGreaterThan(0.9 * n * JOBS);
    expect(flagged / units).toBeLessThan(allowed(units));
    expect(flagged).toBeGreaterThan(0);
  });
});

it.each([[{}, 32], [{}, 48], [{ early_stop: false }, 64]])('auto %j, 10 units, %i calls: at most 5 % are flagged', (options, budget) => {
  const { units, flagged } = flags('auto', options, 10, budget, gaussian);
  expect(units).toBe(10 * JOBS);
  expect(flagged / units).toBeLessThan(allowed(units));
  expect(flagged).toBeGreaterThan(0);
});

it('every method that gives intervals is among them', () => {
  const value = (mask: Uint8Array): number => Math.sin(mask.reduce((sum, bit, unit) => sum + bit * (unit + 1), 0));
  const giving = methods.filter((method) => first(play(method, 10, [value], { budget: 100 })).intervals !== undefined);
  expect(giving.map(({ id }) => id).sort()).toEqual(['auto', 'banzhaf', 'clime', 'lasso', 'owen', 'shapley']);
});
