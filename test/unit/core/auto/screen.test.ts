import { describe, expect, it } from 'vitest';
import { fitEnsemble } from '../../../../src/core/auto/ensemble.ts';
import { screenUnits } from '../../../../src/core/auto/screen.ts';
import { intervalsOf } from '../../../../src/core/effects.ts';
import { halfMasks } from '../../../../src/core/masks.ts';
import { createRng, gaussian } from '../../../../src/core/rng.ts';

const N = 900;
const STRONG: Readonly<Record<number, number>> = { 5: 3, 300: -2.5, 899: 2 };

function problem(rows: number, seed: number) {
  const rng = createRng(seed, 'screen');
  const masks = halfMasks(N, rows, rng);
  const y = Float64Array.from(masks, (mask) => Object.entries(STRONG).reduce((sum, [unit, weight]) => sum + weight * (mask[Number(unit)] as number), 0) + 0.5 * gaussian(rng));
  return { masks, y };
}

describe('more units than a regression should take in', () => {
  it('are cut to those that covary most, in their order', () => {
    const { masks, y } = problem(100, 1);
    const mean = y.reduce((sum, value) => sum + value, 0) / y.length;
    const kept = screenUnits(masks.map((mask) => Float64Array.from(mask, (bit) => bit - 0.5)), y.map((value) => value - mean));
    expect(kept.length).toBeLessThan(N / 2);
    expect(kept).toEqual([...new Set(kept)].sort((a, b) => a - b));
    expect(kept).toEqual(expect.arrayContaining([5, 300, 899]));
  });

  it('are all kept when they are few', () => {
    expect(screenUnits(halfMasks(40, 20, createRng(1, 'few')).map((mask) => Float64Array.from(mask)), new Float64Array(20))).toHaveLength(40);
  });

  it('have effects and intervals all the same', () => {
    let held = 0;
    for (let seed = 0; seed < 3; seed++) {
      const { masks, y } = problem(100, seed);
      const { main, effects } = fitEnsemble(masks, y);
      expect(main).toHaveLength(N);
      for (const [unit, weight] of Object.entries(STRONG)) expect(Math.abs((main[Number(unit)] as number) - weight)).toBeLessThan(0.6);
      if (!effects) throw new Error('no effects');
      intervalsOf(effects, N, 0.95).forEach(([low, high], i) => {
        const truth = STRONG[i] ?? 0;
        if (low <= truth && truth <= high) held++;
      });
    }
    expect(held / (3 * N)).toBeGreaterThan(0.93);
    expect(held / (3 * N)).toBeLessThan(0.975);
  });
});
