import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitEnsemble } from '../../../src/core/auto/ensemble.ts';
import { polish } from '../../../src/core/auto/polish.ts';
import { coinMoments, countCoins } from '../../../src/core/coins.ts';
import { coinFolds } from '../../../src/core/crossvalidation.ts';
import { descendPath } from '../../../src/core/descent.ts';
import { heap, heaped, onHeap, room, take } from '../../../src/core/kernel/heap.ts';
import { exp } from '../../../src/core/kernel/index.ts';
import { takePlainly, takeRows } from '../../../src/core/kernel/taking.ts';
import { halfMasks } from '../../../src/core/masks.ts';
import { createRng, gaussian } from '../../../src/core/rng.ts';
import { slab } from '../../../src/core/slab.ts';

/** With nothing left of the heap, or but so many numbers. */
function crowded<T>(work: () => T, left = 0): T {
  return onHeap(() => {
    const start = take(2) as number;
    expect(take(heap.length - start - 2 - left)).not.toBeNull();
    return work();
  });
}

function game(n: number, rows: number, noise: number, seed: number) {
  const rng = createRng(seed, 'kernel');
  const masks = halfMasks(n, rows, rng);
  const effects = Float64Array.from({ length: n }, (_, unit) => (unit % 5 === 0 ? gaussian(rng) : 0));
  const y = Float64Array.from(masks, (mask) => mask.reduce((sum, bit, unit) => sum + bit * (effects[unit] as number), 0) + (mask[0] as number) * (mask[1] as number) + noise * gaussian(rng));
  return { masks, y, z: masks.map((mask) => Float64Array.from(mask, (bit) => bit - 0.5)) };
}

const anyGame = fc.record({ n: fc.integer({ min: 2, max: 40 }), rows: fc.integer({ min: 12, max: 70 }), noise: fc.constantFrom(0, 0.1, 1), seed: fc.nat() });

describe('loops on the heap', () => {
  it('take rows off to the last bit as loops elsewhere do, and touch nothing else', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 21 }), fc.integer({ min: 0, max: 10 }), fc.nat(), (size, count, seed) => onHeap(() => {
      const rng = createRng(seed, 'rows');
      const some = (numbers: Float64Array) => numbers.map(() => gaussian(rng));
      const plain = some(new Float64Array(size));
      const [left, after] = [room(size), room(2).fill(7)];
      left.set(plain);
      const rows = Array.from({ length: count }, () => {
        const row = room(size);
        row.set(some(row));
        return row;
      });
      const steps = some(new Float64Array(count));
      takeRows(left, rows, steps);
      takePlainly(plain, rows.map((row) => row.slice()), steps);
      expect([...left]).toEqual([...plain]);
      expect([...after]).toEqual([7, 7]);
    })));
  });

  it('know eˣ as closely as doubles can', () => {
    const edges = [0, -0, 1, 1.04, -1.04, 700, -700, 709.9, -745.2, Infinity, -Infinity, NaN, Number.MIN_VALUE];
    expect(edges.map((x) => exp(x))).toEqual(edges.map(Math.exp));
    fc.assert(fc.property(fc.double({ min: -700, max: 700, noNaN: true }), (x) => Math.abs(exp(x) / Math.exp(x) - 1) <= 2 * Number.EPSILON));
  });

  it('count covariances to the last bit as elsewhere, all or those that are not known', () => {
    fc.assert(fc.property(anyGame, fc.nat({ max: 39 }), ({ n, rows, noise, seed }, known) => {
      const { z, y } = game(n, rows, noise, seed);
      const first = Math.min(known, n - 1);
      const found = () => {
        const held = [...z.keys()].filter((row) => row % 3 === 1);
        const narrow = first > 0 ? coinMoments(countCoins(z.map((row) => row.slice(0, first))), y, held) : undefined;
        const x = z.map((row) => {
          const copy = room(row.length);
          copy.set(row);
          return copy;
        });
        const { gram, means, pull, power } = coinMoments(countCoins(x), y, held, narrow);
        return { gram: [...gram], means: [...means], pull: [...pull], power };
      };
      expect(onHeap(() => heaped(room(1)))).toBe(true);
      expect(onHeap(found)).toEqual(found());
    }));
  });

  it.each([0, 40, 3000])('fit to the last bit what they fit where the heap has room for %i numbers', (left) => {
    fc.assert(fc.property(anyGame, ({ n, rows, noise, seed }) => {
      const { masks, y, z } = game(n, rows, noise, seed);
      const [fold] = coinFolds(countCoins(z), y, 5);
      const data = (fold as NonNullable<typeof fold>).learnt;
      const parts: (() => unknown)[] = [
        () => descendPath(data, 0.02),
        () => slab(data, descendPath(data, 0.02)),
        () => polish(z, y, 1),
        () => {
          const { main, pairs, effects, evidence } = fitEnsemble(masks, y);
          const { fit, weights, rivals } = evidence.support;
          return { main, pairs, effects, weights, rivals, members: fit.members, left: fit.left, inverse: fit.inverse(), shares: fit.back(fit.shares) };
        },
      ];
      for (const part of parts) expect(crowded(part, left)).toEqual(part());
    }), { numRuns: 25 });
  });

  it('leave nothing of a fit on the heap that others would overwrite', () => {
    const { masks, y } = game(30, 60, 0.3, 3);
    const [one, same] = [fitEnsemble(masks, y), fitEnsemble(masks, y)];
    onHeap(() => room(heap.length >> 4).fill(NaN));
    expect(one).toEqual(same);
    expect(one.main.some(Number.isNaN)).toBe(false);
    expect(one.evidence.support.fit.first(0).add(3).left).toBeLessThan(one.evidence.support.fit.first(0).left);
  });
});
