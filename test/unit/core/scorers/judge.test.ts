import { describe, expect, it } from 'vitest';
import { judge } from '../../../../src/core/scorers/judge.ts';
import type { Advice } from '../../../../src/core/types.ts';
import { consulted, inputOf } from './helpers.ts';

const input = inputOf('Paris', ['Rome', 'Paris', '']);

describe('judge', () => {
  it('grades each answer once, against the reference', () => {
    const { asked, values } = consulted(judge, input, () => 0.75, { criteria: 'the city', grades: 3 });
    expect(asked).toEqual([{ kind: 'grade', reference: 'Paris', answer: 'Rome', criteria: 'the city', grades: 3 }]);
    expect(values).toEqual([[0.75], [1], [0]]);
    expect(judge.unit(judge.options.parse({}))).toBe('similarity');
  });

  it('asks for a preference in both orders, so that a favoured place cancels out', () => {
    const options = { mode: 'preference' };
    const favoursFirst: Advice = () => 1;
    const favoursRome: Advice = (asked) => (asked.kind === 'preference' && asked.first === 'Rome' ? 1 : 0);
    const { asked, values } = consulted(judge, input, favoursFirst, options);
    expect(asked).toEqual([
      { kind: 'preference', first: 'Rome', second: 'Paris', criteria: '' },
      { kind: 'preference', first: 'Paris', second: 'Rome', criteria: '' },
    ]);
    expect(values).toEqual([[0.5], [0.5], [0]]);
    expect(consulted(judge, input, favoursRome, options).values[0]).toEqual([1]);
    expect(judge.unit(judge.options.parse(options))).toBe('probability');
  });

  it('is NaN where a verdict is missing, never 0', () => {
    expect(consulted(judge, input, () => Number.NaN).values[0]).toEqual([Number.NaN]);
    const half: Advice = (asked) => (asked.kind === 'preference' && asked.first === 'Rome' ? 1 : Number.NaN);
    expect(consulted(judge, input, half, { mode: 'preference' }).values[0]).toEqual([Number.NaN]);
  });

  it('refuses fewer than two grades', () => expect(judge.options.safeParse({ grades: 1 }).success).toBe(false));
});
