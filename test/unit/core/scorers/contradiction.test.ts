import { describe, expect, it } from 'vitest';
import { contradiction } from '../../../../src/core/scorers/contradiction.ts';
import type { Advice } from '../../../../src/core/types.ts';
import { consulted, inputOf } from './helpers.ts';

/** P by premise. */
const said = (table: Record<string, number>): Advice => (asked) =>
  asked.kind === 'contradiction' ? (table[asked.premise] ?? Number.NaN) : Number.NaN;

const input = inputOf('Paris.', ['Lyon.']);

describe('contradiction', () => {
  it('is 1 less the mean of both directions', () => {
    const { asked, values } = consulted(contradiction, input, said({ 'Paris.': 0.9, 'Lyon.': 0.7 }));
    expect(asked).toEqual([
      { kind: 'contradiction', premise: 'Paris.', hypothesis: 'Lyon.' },
      { kind: 'contradiction', premise: 'Lyon.', hypothesis: 'Paris.' },
    ]);
    expect(values[0]?.[0]).toBeCloseTo(0.2, 14);
  });

  it('asks in one direction only where it is told to, and nobody about the same answer', () => {
    const { asked, values } = consulted(contradiction, input, said({ 'Paris.': 0.9 }), { symmetric: false });
    expect([asked.length, values[0]?.[0]]).toEqual([1, expect.closeTo(0.1, 14)]);
    expect(consulted(contradiction, inputOf('Paris.', ['Paris.', '']), () => Number.NaN)).toMatchObject({ asked: [], values: [[1], [1]] });
  });

  it('is NaN when either direction has no answer', () => {
    expect(consulted(contradiction, input, said({ 'Paris.': 0.9 })).values).toEqual([[Number.NaN]]);
  });
});
