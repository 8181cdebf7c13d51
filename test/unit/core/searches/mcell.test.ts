import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRng } from '../../../../src/core/rng.ts';
import { mcell } from '../../../../src/core/searches/mcell.ts';
import { type Rule, searched } from '../../../helpers/searching.ts';

/** The greedy search of the paper, one evaluation after the other. */
function greedy(n: number, rule: Rule, epsilon: number, least: number, most: number): number[][] {
  const tried: number[][] = [];
  const kept: number[] = [];
  let [before, unchanged] = [0, 0];
  while (kept.length < n) {
    let [best, top] = [-1, -Infinity];
    for (let group = 0; group < n; group += 1) {
      if (kept.includes(group)) continue;
      const edited = [...kept, group].sort((a, b) => a - b);
      tried.push(edited);
      const score = rule(new Set(edited));
      if (score > top) [best, top] = [group, score];
    }
    kept.push(best);
    if (top > epsilon) break;
    unchanged = Math.abs(top - before) <= least ? unchanged + 1 : 0;
    if (unchanged >= most) break;
    before = top;
  }
  return tried;
}

/** Every group has a weight of its own, so that there are no ties. */
const weighed = (n: number, seed: number, scale: number): Rule => {
  const rng = createRng(seed, 'weights');
  const weights = Array.from({ length: n }, () => rng() * scale);
  return (edited) => [...edited].reduce((sum, group) => sum + (weights[group] as number), 0);
};

describe('mcell', () => {
  it('makes the choices of the greedy search, a round at a time', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.nat(), fc.double({ min: 0.01, max: 1, noNaN: true }), (n, seed, scale) => {
        const rule = weighed(n, seed, scale);
        const { waves } = searched(mcell, {}, { n, rule, budget: 1_000 });
        expect(waves.flat()).toEqual(greedy(n, rule, 0.5, 0.001, 3));
        expect(waves.every((wave, round) => wave.length === n - round)).toBe(true);
      }),
    );
  });

  it('stops past epsilon with all contrasts of the round', () => {
    const { outcome, waves } = searched(mcell, {}, { n: 5, rule: (edited) => (edited.has(1) ? 0.9 : edited.has(3) ? 0.6 : 0), budget: 100 });
    expect(outcome.stopped).toBe('done');
    expect(outcome.found.map(({ draft, score }) => [draft[0]?.group, score])).toEqual([[1, 0.9], [3, 0.6]]);
    expect(waves).toHaveLength(1);
  });

  it('stops after rounds that change nothing, and when all groups are edited', () => {
    const flat = searched(mcell, { no_change_max_iters: 2 }, { n: 6, rule: () => 0, budget: 1_000 });
    expect(flat.waves.map((wave) => wave.length)).toEqual([6, 5]);
    expect(flat.outcome).toEqual({ found: [], stopped: 'settled' });
    const all = searched(mcell, { epsilon_iter: 0 }, { n: 4, rule: (edited) => edited.size / 100, budget: 1_000 });
    expect(all.waves.map((wave) => wave.length)).toEqual([4, 3, 2, 1]);
    expect(all.outcome).toEqual({ found: [], stopped: 'done' });
  });

  it.each([1, 2, 3, 7, 20])('never tries more than %i calls', (budget) => {
    const { outcome, evaluations } = searched(mcell, {}, { n: 9, rule: (edited) => edited.size / 1_000, budget });
    expect(evaluations).toBe(Math.min(budget, 46));
    expect(outcome).toEqual({ found: [], stopped: 'budget' });
  });

  it('with too few evaluations for a round tries groups of everywhere, the same for the same seed', () => {
    const script = { n: 200, rule: () => 0, budget: 11 };
    const first = searched(mcell, {}, script).waves[0]?.flat() ?? [];
    expect(first).toHaveLength(10);
    expect(Math.max(...first)).toBeGreaterThan(100);
    expect(searched(mcell, {}, script).waves[0]?.flat()).toEqual(first);
    expect(searched(mcell, {}, { ...script, seed: 2 }).waves[0]?.flat()).not.toEqual(first);
  });
});
