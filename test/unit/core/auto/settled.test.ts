import { describe, expect, it } from 'vitest';
import { settled } from '../../../../src/core/auto/settled.ts';
import { effects } from '../../../../src/core/effects.ts';
import { halfMasks } from '../../../../src/core/masks.ts';
import { createRng, gaussian } from '../../../../src/core/rng.ts';

/** Effects of a game that was drawn under `rows` half masks with noise, by a model that is right. */
function drawn(truth: readonly number[], rows: number, noise: number, seed = 1) {
  const rng = createRng(seed, 'settled');
  const x = halfMasks(truth.length, rows, rng).map((mask) => Float64Array.from(mask, (bit) => bit - 0.5));
  const own = Float64Array.from(truth);
  const found = effects(x, () => own, Float64Array.from(x, () => noise * gaussian(rng)));
  if (!found) throw new Error('too few rows');
  return found;
}

describe('settled', () => {
  const clear = [4, -3, 2, 1, 0, 0, 0, 0];

  it('when the effects are told from one another and from nothing', () => {
    expect(settled(drawn(clear, 64, 0.2), 8, 3, 0.95)).toBe(true);
    expect(settled(drawn(clear, 64, 0), 8, 3, 0.95)).toBe(true);
  });

  it('not while noise hides the order of the largest', () => {
    const close = [4, -3.9, 2, 1, 0, 0, 0, 0];
    expect(settled(drawn(close, 64, 1), 8, 3, 0.95)).toBe(false);
    expect(settled(drawn([4, 2, 1.02, 1, 0, 0], 64, 0.2), 6, 3, 0.95)).toBe(false);
    expect(settled(drawn([4, 2, 1.02, 1, 0, 0], 64, 0.2), 6, 2, 0.95)).toBe(true);
  });

  it('not while a unit could still matter', () => {
    expect(settled(drawn([4, 0.5, 0.5, 0.5], 24, 1), 4, 1, 0.95)).toBe(false);
    expect(settled(drawn([0, 0, 0, 0], 64, 1), 4, 3, 0.95)).toBe(false);
  });

  it('at once when nothing ever changes', () => {
    expect(settled(drawn([0, 0, 0], 16, 0), 3, 3, 0.95)).toBe(true);
  });

  it('looks at the first n features only', () => {
    const withPairs = drawn([...clear, 3.95, 3.9], 64, 0.2);
    expect(settled(withPairs, 8, 3, 0.95)).toBe(true);
    expect(settled(withPairs, 10, 3, 0.95)).toBe(false);
  });

  it('is seldom wrong about the order', () => {
    let stops = 0;
    let wrong = 0;
    for (let seed = 0; seed < 300; seed++) {
      const found = drawn([2, 1.6, 1.2, 0, 0, 0], 40, 0.4, seed);
      if (!settled(found, 6, 3, 0.95)) continue;
      stops++;
      const order = [...found.estimates.keys()].sort((i, j) => Math.abs(found.estimates[j] as number) - Math.abs(found.estimates[i] as number));
      if (order.slice(0, 3).join() !== '0,1,2') wrong++;
    }
    expect(stops).toBeGreaterThan(20);
    expect(wrong / stops).toBeLessThan(0.05);
  });
});
