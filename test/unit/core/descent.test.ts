import fc from 'fast-check';
import { expect, it } from 'vitest';
import { lasso } from '../../../src/core/lasso.ts';
import { halfMasks } from '../../../src/core/masks.ts';
import { createRng, gaussian } from '../../../src/core/rng.ts';
import { mean } from '../../../src/core/statistics.ts';
import { everyMask } from '../../../src/core/subsets.ts';
import { expectClose } from './shapley/games.ts';

it('on orthogonal columns the lasso is the soft threshold of each effect', () => {
  fc.assert(fc.property(fc.nat(), fc.double({ min: 0, max: 2, noNaN: true }), (seed, alpha) => {
    const rng = createRng(seed, 'orthogonal');
    const x = everyMask(4);
    const y = x.map(() => 3 * gaussian(rng));
    // A column of 0 and 1 has a standard deviation of ½: what is taken off on its own scale is 2α.
    const wanted = [0, 1, 2, 3].map((unit) => {
      const side = (bit: number): number => mean(y.filter((_, at) => x[at]?.[unit] === bit));
      const effect = side(1) - side(0);
      return Math.sign(effect) * Math.max(0, Math.abs(effect) - 2 * alpha);
    });
    expectClose(lasso(x, y, alpha).coefficients, wanted, 1e-6);
  }));
});

it('does not mind the scale or the shift of a column', () => {
  const rng = createRng(2, 'scale');
  const x = Array.from({ length: 40 }, () => Array.from({ length: 5 }, () => gaussian(rng)));
  const y = x.map((row) => (row[1] as number) - 2 * (row[2] as number) + 0.3 * gaussian(rng));
  const moved = x.map((row) => row.map((value, i) => (i === 2 ? 1000 * value - 70 : value)));
  const wanted = [...lasso(x, y, 0.05).coefficients];
  wanted[2] = (wanted[2] as number) / 1000;
  expectClose(lasso(moved, y, 0.05).coefficients, wanted, 1e-6);
});

it('with more columns than rows still finds the few that matter', () => {
  const x = halfMasks(200, 60, createRng(3, 'wide'));
  const { coefficients } = lasso(x, x.map((mask) => 4 * (mask[7] as number) - 3 * (mask[90] as number)), 0.05);
  const order = [...coefficients.keys()].sort((i, j) => Math.abs(coefficients[j] as number) - Math.abs(coefficients[i] as number));
  expect(order.slice(0, 2)).toEqual([7, 90]);
});

it('nothing to fit: no coefficient, and the values\' level', () => {
  expect([...lasso([[1, 0]], [3], 0.1).coefficients]).toEqual([0, 0]);
  expect(lasso([[1, 0]], [3], 0.1).intercept).toBe(3);
  expect([...lasso([[1, 0], [0, 1], [1, 1]], [2, 2, 2], 0).coefficients]).toEqual([0, 0]);
});
