import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { below, createRng, sampleWithoutReplacement } from '../../../../src/core/rng.ts';
import { cell } from '../../../../src/core/searches/cell.ts';
import { type Rule, searched } from '../../../helpers/searching.ts';

interface Prototype {
  edits: number[];
  score: number;
}

/**
 * CELL as it was published (arXiv 2406.11785, algorithm 1; methods.md of the design): one query after the other, an
 * archive of all prototypes, outer iterations with q queries each. Written from the pseudocode alone, apart from the
 * search that is tested; what both have in common is the stream of random numbers.
 * @returns the edits of every query in order
 */
function published(n: number, rule: Rule, budget: number, seed: number, { radius = 5, alpha = 0.5, epsilon = 0.5 } = {}): number[][] {
  const rng = createRng(seed, 'search');
  const queries: number[][] = [];
  const ask = (edits: number[]): Prototype => {
    queries.push(edits);
    return { edits, score: rule(new Set(edits)) };
  };
  const neighbours = ({ edits }: Prototype, count: number): Prototype[] => {
    const focus = edits[below(edits.length, rng)] as number;
    const free: number[] = [];
    for (let group = focus - radius; group <= focus + radius; group += 1) if (group >= 0 && group < n && !edits.includes(group)) free.push(group);
    return sampleWithoutReplacement(free.length, count, rng).map((at) => ask([...edits, free[at] as number].sort((a, b) => a - b)));
  };
  const q = Math.floor(budget / Math.log2(budget));
  const archive: Prototype[] = [];
  let fresh = Array.from({ length: n }, (_, group) => group);
  for (let i = 0, k = 0; queries.length < budget; i += 1) {
    let size = 2 ** k;
    if ((i + 1) * 2 ** (i + 1) <= q) {
      size = 2 ** (i + 1);
      k = i + 1;
    }
    let m = size;
    const old = sampleWithoutReplacement(archive.length, Math.min(Math.floor(m * alpha), archive.length), rng).map((at) => archive[at] as Prototype);
    const taken = sampleWithoutReplacement(fresh.length, m - old.length, rng).map((at) => fresh[at] as number);
    fresh = fresh.filter((group) => !taken.includes(group));
    let centres = [...taken.map((group) => ask([group])), ...old.flatMap((prototype) => neighbours(prototype, 1))];
    if (centres.length === 0) break;
    archive.push(...centres);
    const rounds = Math.ceil(Math.log2(size));
    for (let round = 0; round < rounds && Math.max(...centres.map(({ score }) => score)) <= epsilon; round += 1) {
      const drawn = centres.flatMap((centre) => neighbours(centre, Math.floor(q / m / rounds)));
      archive.push(...drawn);
      m = Math.ceil(m / 2);
      centres = [...drawn, ...centres].toSorted((a, b) => b.score - a.score).slice(0, m);
    }
    if (archive.some(({ score }) => score > epsilon)) break;
  }
  return queries;
}

/** A rule under which several groups have to be edited, or more than there is time for. */
function ruleOf(n: number, seed: number, needed: number): Rule {
  const rng = createRng(seed, 'rule');
  const wanted = new Set(sampleWithoutReplacement(n, needed, rng));
  const noise = Array.from({ length: n }, () => rng() / 1_000);
  return (edited) => {
    const hits = [...edited].filter((group) => wanted.has(group)).length;
    return hits === needed ? 1 : hits / (needed * 3) + [...edited].reduce((sum, group) => sum + (noise[group] as number), 0);
  };
}

/** Without those that were asked before: what is known costs nothing here. */
function once(queries: readonly number[][]): number[][] {
  const seen = new Set<string>();
  return queries.filter((edits) => !seen.has(String(edits)) && seen.add(String(edits)));
}

describe('cell', () => {
  it('makes the choices of the published algorithm for the same seed stream', () => {
    let deep = 0;
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 80 }), fc.nat(), fc.integer({ min: 1, max: 3 }), fc.constantFrom(20, 50, 100, 200), (n, seed, needed, budget) => {
        const rule = ruleOf(n, seed, needed);
        const { waves, outcome } = searched(cell, {}, { n, rule, budget, seed });
        const wanted = once(published(n, rule, budget, seed));
        const ours = waves.flat();
        // the unchanged call is one of our evaluations, and what was asked twice leaves room to go on
        const common = Math.min(wanted.length, ours.length);
        expect(ours.slice(0, common)).toEqual(wanted.slice(0, common));
        expect(ours.length).toBeGreaterThanOrEqual(Math.min(wanted.length, budget - 1));
        if (outcome.found.length > 0 && (outcome.found[0]?.draft.length ?? 0) > 1) deep += 1;
      }),
      { numRuns: 300 },
    );
    expect(deep).toBeGreaterThan(20);
  });

  it('goes other ways with other options, still those of the published algorithm', () => {
    const rule = ruleOf(60, 4, 3);
    const options = { radius: 2, alpha: 0.75 };
    const ours = searched(cell, options, { n: 60, rule, budget: 100, seed: 9 }).waves.flat();
    const wanted = once(published(60, rule, 100, 9, options));
    expect(wanted.length).toBeGreaterThan(50);
    expect(ours.slice(0, wanted.length)).toEqual(wanted.slice(0, ours.length));
    expect(ours).not.toEqual(searched(cell, {}, { n: 60, rule, budget: 100, seed: 9 }).waves.flat());
  });

  it('takes at most 25 waves that depend on one another for 100 evaluations', () => {
    for (let seed = 0; seed < 50; seed += 1) {
      const { waves, evaluations, outcome } = searched(cell, {}, { n: 300, rule: () => 0, budget: 100, seed });
      expect(outcome).toEqual({ found: [], stopped: 'budget' });
      expect(evaluations).toBe(100);
      expect(waves.length).toBeLessThanOrEqual(25);
    }
  });

  it.each([1, 2, 3, 4, 5, 8, 13, 60, 100])('never tries more than %i calls, whatever the number of groups', (budget) => {
    for (const n of [1, 2, 3, 10, 200]) {
      const { evaluations, outcome } = searched(cell, {}, { n, rule: () => 0, budget });
      expect(evaluations).toBeLessThanOrEqual(budget);
      expect(outcome.found).toEqual([]);
    }
  });

  it('ends when there is nothing new to be tried, and says which evaluations were left', () => {
    const { evaluations, outcome } = searched(cell, {}, { n: 2, rule: () => 0, budget: 100 });
    expect(evaluations).toBeLessThanOrEqual(4);
    expect(outcome).toEqual({ found: [], stopped: 'done' });
  });

  it('the fewest edits of a wave come first', () => {
    let mixed = 0;
    for (let seed = 0; seed < 60; seed += 1) {
      const { outcome } = searched(cell, {}, { n: 12, rule: (edited) => (edited.has(2) && edited.size > 1 ? 0.6 + edited.size / 10 : 0), budget: 200, seed });
      const sizes = outcome.found.map(({ draft }) => draft.length);
      expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
      if (new Set(sizes).size > 1) mixed += 1;
    }
    expect(mixed).toBeGreaterThan(0);
  });
});
