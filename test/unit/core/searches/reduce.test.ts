import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reduce } from '../../../../src/core/searches/reduce.ts';
import { type Rule, searched } from '../../../helpers/searching.ts';

const keptOf = (n: number, draft: readonly { group: number }[]): number[] => {
  const gone = new Set(draft.map(({ group }) => group));
  return Array.from({ length: n }, (_, group) => group).filter((group) => !gone.has(group));
};

describe('reduce', () => {
  it('keeps what is needed, and nothing else', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.uniqueArray(fc.nat({ max: 39 }), { maxLength: 5 }), (n, chosen) => {
        const needed = chosen.filter((group) => group < n).sort((a, b) => a - b);
        const rule: Rule = (edited) => (needed.some((group) => edited.has(group)) ? 1 : 0);
        const { outcome } = searched(reduce, {}, { n, rule, budget: 10_000 });
        expect(outcome.stopped).toBe('done');
        expect(keptOf(n, outcome.found[0]?.draft ?? [])).toEqual(needed);
      }),
    );
  });

  it('what is left cannot be made less by any one group, whatever the rule', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.nat(), (n, seed) => {
        const rule: Rule = (edited) => ((([...edited].reduce((hash, group) => (hash * 31 + group * 7 + seed) % 1_009, 7) % 3) === 0) ? 0 : 1);
        const { outcome } = searched(reduce, {}, { n, rule, budget: 10_000 });
        const [best] = outcome.found;
        const gone = best?.draft.map(({ group }) => group) ?? [];
        if (best) expect(rule(new Set(gone))).toBe(0);
        for (const group of keptOf(n, best?.draft ?? [])) expect(rule(new Set([...gone, group].sort((a, b) => a - b)))).toBe(1);
      }),
    );
  });

  it('of two that do the same keeps one', () => {
    const { outcome } = searched(reduce, {}, { n: 10, rule: (edited) => (edited.has(2) && edited.has(7) ? 1 : 0), budget: 1_000 });
    expect(keptOf(10, outcome.found[0]?.draft ?? [])).toHaveLength(1);
  });

  it.each([1, 2, 3, 5, 10])('never tries more than %i calls', (budget) => {
    const { outcome, evaluations } = searched(reduce, {}, { n: 30, rule: (edited) => (edited.has(3) || edited.has(20) ? 1 : 0), budget });
    expect(evaluations).toBeLessThanOrEqual(budget);
    expect(outcome.stopped).toBe('budget');
  });
});
