import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { key } from '../../../../src/core/masks.ts';
import { leaveOneOut } from '../../../../src/core/methods/leave-one-out.ts';
import { anyGame, expectClose, first, play, valueOf } from '../shapley/games.ts';

describe('leave-one-out', () => {
  it('is what the value loses when one unit is taken away, from n + 1 evaluations', () => {
    fc.assert(fc.property(anyGame(9), ({ n, table }) => {
      const played = play(leaveOneOut, n, [valueOf(table)]);
      const all = 2 ** n - 1;
      expectClose(first(played).scores, Array.from({ length: n }, (_, i) => (table[all] as number) - (table[all - 2 ** i] as number)));
      expect(first(played).intercept).toBe(table[all]);
      expect(played.masks).toHaveLength(leaveOneOut.evaluations(n, {}, Infinity));
      expect(new Set(played.masks.map(key)).size).toBe(n + 1);
      expect(first(played).intervals).toBeUndefined();
    }));
  });

  it('a value that failed costs its own unit, the full one all of them', () => {
    const failing = (at: string) => first(play(leaveOneOut, 3, [(mask) => (mask.join('') === at ? Number.NaN : mask.reduce((sum, bit) => sum + bit, 0))]));
    expect([...failing('101').scores]).toEqual([1, NaN, 1]);
    expect([...failing('111').scores]).toEqual([NaN, NaN, NaN]);
  });
});
