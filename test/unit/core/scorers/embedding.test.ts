import { describe, expect, it } from 'vitest';
import { embedding } from '../../../../src/core/scorers/embedding.ts';
import { resolveTargets } from '../../../../src/core/targets.ts';
import type { Advice } from '../../../../src/core/types.ts';
import { answered, completionOf, consulted, inputOf } from './helpers.ts';

const said = (table: Record<string, number>): Advice => (asked) =>
  asked.kind === 'similarity' ? (table[asked.second] ?? Number.NaN) : Number.NaN;

describe('embedding', () => {
  it('gives what was said of each pair', () => {
    const { asked, values } = consulted(embedding, inputOf('Paris', ['Rome', 'Lyon']), said({ Rome: 0.4, Lyon: -0.2 }));
    expect(asked).toEqual([
      { kind: 'similarity', first: 'Paris', second: 'Rome' },
      { kind: 'similarity', first: 'Paris', second: 'Lyon' },
    ]);
    expect(values).toEqual([[0.4], [-0.2]]);
  });

  it('asks nobody about the same text, an empty one or a failure', () => {
    const input = inputOf('caf\u00e9', [' cafe\u0301\n', '', ' ']);
    const { asked, values } = consulted(embedding, { ...input, outcomes: [...input.outcomes, { kind: 'failed', reason: 'x' }] }, said({}));
    expect(asked).toEqual([]);
    expect(values).toEqual([[1], [0], [0], [Number.NaN]]);
    expect(consulted(embedding, inputOf('', ['', 'a']), said({})).values).toEqual([[1], [0]]);
  });

  it('takes the nearest of several counterparts, and knows nothing where one is unknown', () => {
    const reference = completionOf('It is Paris. Yes.');
    const targets = resolveTargets([{ kind: 'sentences' }], reference).slice(0, 1);
    const input = { reference, grid: null, targets, outcomes: [answered('No. It is Lyon.')] };
    expect(consulted(embedding, input, said({ 'No. It is Lyon.': 0.5, 'No.': 0.1, 'It is Lyon.': 0.8 })).values).toEqual([[0.8]]);
    expect(consulted(embedding, input, said({ 'No.': 0.1, 'It is Lyon.': 0.8 })).values).toEqual([[Number.NaN]]);
  });

  it('sends no half of a surrogate pair, and is NaN where nobody was asked', () => {
    const { asked } = consulted(embedding, inputOf('a', ['\ud83d!']), said({}));
    expect(asked[0]).toMatchObject({ second: '\ufffd!' });
    expect(embedding.score(inputOf('a', ['b']), {})[0]?.[0]).toBeNaN();
  });
});
