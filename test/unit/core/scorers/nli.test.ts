import { describe, expect, it } from 'vitest';
import { nli } from '../../../../src/core/scorers/nli.ts';
import { resolveTargets } from '../../../../src/core/targets.ts';
import type { Advice } from '../../../../src/core/types.ts';
import { answered, completionOf, consulted, inputOf } from './helpers.ts';

/** P by premise. */
const said = (table: Record<string, number>): Advice => (asked) =>
  asked.kind === 'entailment' ? (table[asked.premise] ?? Number.NaN) : Number.NaN;

const input = inputOf('Paris, in France.', ['Paris.']);

describe('nli', () => {
  it('is the geometric mean of both directions', () => {
    const { asked, values } = consulted(nli, input, said({ 'Paris.': 0.25, 'Paris, in France.': 0.81 }));
    expect(asked).toEqual([
      { kind: 'entailment', premise: 'Paris.', hypothesis: 'Paris, in France.' },
      { kind: 'entailment', premise: 'Paris, in France.', hypothesis: 'Paris.' },
    ]);
    expect(values[0]?.[0]).toBeCloseTo(0.45, 14);
  });

  it('asks in one direction only where it is told to', () => {
    const { asked, values } = consulted(nli, input, said({ 'Paris.': 0.25 }), { symmetric: false });
    expect([asked.length, values]).toEqual([1, [[0.25]]]);
  });

  it('takes the logit, ended where a classifier is sure of anything', () => {
    const value = (p: number) => consulted(nli, input, () => p, { logit: true, symmetric: false }).values[0]?.[0];
    expect([value(0.5), value(0.75)]).toEqual([0, Math.log(3)]);
    expect([value(1), value(0)]).toEqual([expect.closeTo(Math.log(999), 9), expect.closeTo(-Math.log(999), 9)]);
    const { asked, values } = consulted(nli, inputOf('a', ['a', '']), () => Number.NaN, { logit: true });
    expect([asked.length, values[0]?.[0], values[1]?.[0]]).toEqual([0, expect.closeTo(Math.log(999), 9), expect.closeTo(-Math.log(999), 9)]);
    expect(nli.unit(nli.options.parse({ logit: true }))).toBe('log-odds');
  });

  it('is NaN when either direction has no answer', () => {
    expect(consulted(nli, input, said({ 'Paris.': 0.25 })).values).toEqual([[Number.NaN]]);
  });

  it('asks about the one counterpart that shares most with a sentence', () => {
    const reference = completionOf('It is Paris. Yes.');
    const targets = resolveTargets([{ kind: 'sentences' }], reference);
    const { asked } = consulted(nli, { reference, grid: null, targets, outcomes: [answered('No. It is Lyon, I think. Yes, sure.')] }, () => 0.5, { symmetric: false });
    expect(asked).toEqual([
      { kind: 'entailment', premise: 'It is Lyon, I think.', hypothesis: 'It is Paris.' },
      { kind: 'entailment', premise: 'Yes, sure.', hypothesis: 'Yes.' },
    ]);
  });
});
