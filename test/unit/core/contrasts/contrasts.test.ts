import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Contrasts, contrastsOf } from '../../../../src/core/contrasts/contrasts.ts';
import { cell } from '../../../../src/core/searches/cell.ts';
import { mcell } from '../../../../src/core/searches/mcell.ts';
import { reduce } from '../../../../src/core/searches/reduce.ts';
import type { Search } from '../../../../src/core/types.ts';
import { scripted, type Rule, type Script, type Searched } from '../../../helpers/searching.ts';

function contrasts(search: Search, script: Script, wanted = 1): Searched<Contrasts> {
  return scripted(script, (gameWith) => contrastsOf(search, search.options.parse({}), gameWith, wanted));
}

const groups = ({ outcome }: Searched<Contrasts>): number[][] => outcome.found.map(({ draft }) => draft.map(({ group }) => group));

describe('contrasts', () => {
  it('takes needless edits back, each re-checked', () => {
    // greedy goes by 0 and 1, and then 2 and 3 together are enough
    const rule: Rule = (edited) => (edited.has(2) && edited.has(3) ? 1 : edited.has(0) ? 0.2 + edited.size / 20 : edited.has(2) ? 0.05 : 0);
    const found = contrasts(mcell, { n: 4, rule, budget: 100 });
    expect(groups(found)).toEqual([[2, 3]]);
    expect(found.outcome.found[0]).toMatchObject({ score: 1, minimal: true });
    expect(found.waves.flat()).toContainEqual([2, 3]);
    // what is left was tried without either
    for (const group of [2, 3]) expect(found.waves.flat()).toContainEqual([group]);
  });

  it('no edit of a contrast that is called minimal can be taken back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 14 }), fc.nat(), fc.constantFrom<Search>(mcell, cell), fc.integer({ min: 3, max: 120 }), (n, seed, search, budget) => {
        const rule: Rule = (edited) => ([...edited].reduce((sum, group) => sum + ((group * 7 + seed) % 5), 0) % 9) / 9;
        const found = contrasts(search, { n, rule, budget, epsilon: 0.8, seed });
        expect(found.evaluations).toBeLessThanOrEqual(budget);
        for (const { draft, minimal, score } of found.outcome.found) {
          const edited = draft.map(({ group }) => group);
          expect(rule(new Set(edited))).toBe(score);
          expect(score).toBeGreaterThan(0.8);
          if (!minimal) continue;
          for (const gone of edited) expect(edited.length === 1 || rule(new Set(edited.filter((group) => group !== gone))) <= 0.8).toBe(true);
        }
      }),
    );
  });

  it('says so where the evaluations end before edits could be re-checked', () => {
    const rule: Rule = (edited) => (edited.size > 1 ? 1 : edited.has(0) ? 0.1 : 0);
    const whole = contrasts(mcell, { n: 3, rule, budget: 100 });
    expect(whole.outcome.found[0]).toMatchObject({ minimal: true });
    const cut = contrasts(cell, { n: 30, rule, budget: 4, seed: 3 });
    expect(cut.outcome.found.every(({ draft, minimal }) => draft.length === 1 || !minimal)).toBe(true);
  });

  it('finds several, none of which edits what another edits; what was tried is not tried again', () => {
    const rule: Rule = (edited) => (edited.has(1) ? 0.9 : edited.has(4) ? 0.8 : edited.has(2) && edited.has(5) ? 0.7 : edited.has(2) ? 0.1 : 0);
    const found = contrasts(mcell, { n: 6, rule, budget: 100 }, 3);
    expect(groups(found)).toEqual([[1], [4], [2, 5]]);
    // a round of six, then of the three that are left beside 2, and 5 alone was known
    expect(found.waves.map((wave) => wave.length).filter((size) => size > 0)).toEqual([6, 3]);
    const fewer = contrasts(mcell, { n: 6, rule, budget: 100 }, 9);
    expect(groups(fewer)).toEqual([[1], [4], [2, 5]]);
    expect(fewer.outcome.stopped).toBe('done');
  });

  it('nothing found is said, with why the search ended', () => {
    expect(contrasts(mcell, { n: 3, rule: () => 0, budget: 100 }).outcome).toEqual({ found: [], stopped: 'settled' });
    expect(contrasts(cell, { n: 300, rule: () => 0, budget: 50 }).outcome).toEqual({ found: [], stopped: 'budget' });
  });

  it('input reduction is handed on as it is', () => {
    const { outcome } = contrasts(reduce, { n: 5, rule: (edited) => (edited.has(2) ? 1 : 0), budget: 100 }, 3);
    expect(outcome.found.map(({ draft, minimal }) => [draft.map(({ group }) => group), minimal])).toEqual([[[0, 1, 3, 4], true]]);
  });
});
