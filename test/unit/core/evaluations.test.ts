import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packEvaluations, unpackEvaluations, type StoredEvaluations } from '../../../src/core/evaluations.ts';
import { asTable, toCsv } from '../../../src/core/evaluationtable.ts';
import type { Completion, Outcome } from '../../../src/core/types.ts';
import type { ProblemError } from '../../../src/errors.ts';

const reference: Completion = { text: 'Yes, a😀', toolCalls: [], finishReason: 'stop' };

const weighed: StoredEvaluations = {
  n: 2,
  needs: 'likelihood',
  completion: reference,
  grid: { ends: Int32Array.of(3, 4, 6, 8) },
  evaluations: [
    {
      mask: Uint8Array.of(1, 1),
      role: 'method',
      sample: 0,
      outcome: { kind: 'weighed', logprobs: Float64Array.of(-0.1, -1e-300, Number.NEGATIVE_INFINITY, Number.NaN) },
    },
    { mask: Uint8Array.of(0, 1), role: 'holdout', sample: 0, outcome: { kind: 'failed', reason: 'http 500' } },
  ],
};

const answered: StoredEvaluations = {
  n: 2,
  needs: 'text',
  completion: reference,
  grid: null,
  evaluations: [
    {
      mask: Uint8Array.of(1, 0),
      role: 'method',
      sample: 0,
      outcome: {
        kind: 'generated',
        completion: { text: 'No, "b"\nthen', toolCalls: [{ name: 'f', arguments: '{' }], finishReason: null },
      },
    },
    {
      mask: Uint8Array.of(0, 0),
      role: 'method',
      sample: 0,
      outcome: { kind: 'generated', completion: { text: '', toolCalls: [], finishReason: null } },
    },
    { mask: Uint8Array.of(0, 1), role: 'holdout', sample: 0, outcome: { kind: 'failed', reason: 'timeout' } },
  ],
};

const contrasted: StoredEvaluations = {
  ...weighed,
  others: [{ text: 'No, a', grid: { ends: Int32Array.of(2, 5) } }],
  evaluations: [
    {
      mask: Uint8Array.of(1, 1),
      role: 'method', sample: 0,
      outcome: { kind: 'weighed', logprobs: Float64Array.of(-1, -2, -3, -4), others: [Float64Array.of(-5, Number.NEGATIVE_INFINITY)] },
    },
    { mask: Uint8Array.of(0, 1), role: 'holdout', sample: 0, outcome: { kind: 'failed', reason: 'http 500' } },
  ],
};

const top = [
  { token: ' Yes', logprob: -0.25 },
  { token: '<0xE6>', logprob: -9_999 },
];
const opened: StoredEvaluations = {
  n: 2,
  needs: 'opening',
  completion: reference,
  grid: null,
  opening: top,
  evaluations: [
    { mask: Uint8Array.of(1, 1), role: 'method', sample: 0, outcome: { kind: 'opened', top } },
    { mask: Uint8Array.of(0, 1), role: 'holdout', sample: 0, outcome: { kind: 'failed', reason: 'http 500' } },
  ],
};

describe('the stored form', () => {
  it.each([
    ['foils', contrasted],
    ['openings', opened],
  ])('gives %s back as they were', (_, evaluations) => {
    expect(unpackEvaluations(packEvaluations(evaluations))).toEqual(evaluations);
  });

  it('refuses foils that do not fit their tokens', () => {
    const broken = (change: object) => JSON.stringify({ ...(JSON.parse(packEvaluations(contrasted)) as object), ...change });
    for (const others of [[], [{ text: 'No', ends: [2] }], undefined]) {
      expect(() => unpackEvaluations(broken({ others }))).toThrow(expect.objectContaining({ code: 'evaluations_missing' }) as ProblemError);
    }
  });

  it('keeps what was said about the answers, with what was not', () => {
    const advice = { kinds: ['grade' as const], numbers: new Map([['a', 0.25], ['b', Number.NaN], ['c', -1]]) };
    const packed = packEvaluations({ ...answered, advice });
    expect(JSON.parse(packed)).toMatchObject({ advice: { kinds: ['grade'], numbers: { a: 0.25, b: null, c: -1 } } });
    expect(unpackEvaluations(packed).advice).toEqual(advice);
    expect(unpackEvaluations(packEvaluations(answered)).advice).toBeUndefined();
  });

  it('keeps how a job with levels came to its units, and says nothing of it for others', () => {
    const stages = [{ level: 0, opened: [], evaluations: 1 }, { level: 2, opened: [0], evaluations: 1 }];
    expect(unpackEvaluations(packEvaluations({ ...weighed, stages })).stages).toEqual(stages);
    expect(unpackEvaluations(packEvaluations({ ...weighed, stages: undefined }))).toEqual(weighed);
  });

  it('is this, so that what older releases stored stays readable', () => {
    expect(JSON.parse(packEvaluations(weighed))).toEqual({
      version: 1,
      n: 2,
      needs: 'likelihood',
      completion: { text: 'Yes, a😀', toolCalls: [], finishReason: 'stop' },
      grid: [3, 4, 6, 8],
      masks: ['11', '01'],
      roles: ['method', 'holdout'],
      outcomes: [[-0.1, -1e-300, '-inf', null], { failed: 'http 500' }],
    });
  });

  it('numbers the samples of a mask in version 2, which older releases refuse', () => {
    const [first, ...others] = answered.evaluations;
    if (!first) throw new Error('no evaluation');
    const sampled: StoredEvaluations = { ...answered, evaluations: [first, { ...first, sample: 1 }, ...others, { ...first, mask: Uint8Array.of(1, 1), role: 'reference', sample: 1 }] };
    expect(JSON.parse(packEvaluations(sampled))).toMatchObject({ version: 2, samples: [0, 1, 0, 0, 1] });
    expect(unpackEvaluations(packEvaluations(sampled))).toEqual(sampled);
    const { rows } = asTable(sampled, [0, 1], { columns: [], values: [] });
    expect(rows.map(({ sample, holdout }) => [sample, holdout])).toEqual([[0, false], [1, false], [0, false], [0, true], [1, true]]);
  });

  it.each([weighed, answered])('comes back whole', (evaluations) =>
    expect(unpackEvaluations(packEvaluations(evaluations))).toEqual(evaluations));

  it.each([
    '', 'null', '[]', '{}', JSON.stringify({ ...JSON.parse(packEvaluations(weighed)), version: 2 }),
    JSON.stringify({ ...JSON.parse(packEvaluations(weighed)), masks: ['11', '011'] }),
    JSON.stringify({ ...JSON.parse(packEvaluations(weighed)), roles: ['method'] }),
    JSON.stringify({ ...JSON.parse(packEvaluations(weighed)), samples: [0, 1] }),
    JSON.stringify({ ...JSON.parse(packEvaluations(weighed)), version: 2, samples: [0] }),
    JSON.stringify({ ...JSON.parse(packEvaluations(weighed)), version: 3 }),
    JSON.stringify({ ...JSON.parse(packEvaluations(weighed)), outcomes: [[-1], [-2]] }),
    JSON.stringify({ ...JSON.parse(packEvaluations(weighed)), grid: null }),
  ])('is refused when it is something else: %s', (json) => {
    expect(() => unpackEvaluations(json)).toThrow(expect.objectContaining({ code: 'evaluations_missing' }) as ProblemError);
  });

  it('keeps every mask, role, answer and double', () => {
    const text = fc.string({ unit: 'binary' });
    const completion = fc.record({
      text,
      toolCalls: fc.array(fc.record({ name: text, arguments: text }), { maxLength: 2 }),
      finishReason: fc.option(text),
    });
    const arbitrary = fc.tuple(
      fc.nat(70),
      fc.nat(6),
      fc.constantFrom('likelihood' as const, 'text' as const),
      completion,
    ).chain(([n, tokens, needs, said]) => {
      // JSON has no −0 and no +∞; neither is a log-probability that could matter.
      const logprobs = fc.array(
        fc.double({ max: 0 }).filter((value) => !Object.is(value, -0)),
        { minLength: tokens, maxLength: tokens },
      );
      const shown: fc.Arbitrary<Outcome> =
        needs === 'likelihood'
          ? logprobs.map((values) => ({ kind: 'weighed', logprobs: Float64Array.from(values) }))
          : completion.map((answer) => ({ kind: 'generated', completion: answer }));
      const failed: fc.Arbitrary<Outcome> = text.map((reason) => ({ kind: 'failed', reason }));
      const evaluation = fc.record({
        mask: fc.array(fc.nat(1), { minLength: n, maxLength: n }).map((bits) => Uint8Array.from(bits)),
        role: fc.constantFrom('method' as const, 'holdout' as const, 'reference' as const),
        sample: fc.nat(99),
        outcome: fc.oneof(shown, failed),
      });
      const ends = fc.array(fc.nat(9), { minLength: tokens, maxLength: tokens }).map((list) => ({ ends: Int32Array.from(list) }));
      return fc.record({
        n: fc.constant(n),
        needs: fc.constant(needs),
        completion: fc.constant(said),
        grid: needs === 'likelihood' ? ends : fc.constant(null),
        evaluations: fc.array(evaluation, { maxLength: 5 }),
      });
    });
    fc.assert(
      fc.property(arbitrary, (evaluations: StoredEvaluations) => {
        expect(unpackEvaluations(packEvaluations(evaluations))).toEqual(evaluations);
      }),
    );
  });
});

describe('the table', () => {
  const none = { columns: [], values: [] };
  const compared = { columns: ['Yes, a😀'], values: [Float64Array.of(0.25), Float64Array.of(0), Float64Array.of(NaN)] };

  it('has a column per token, and null where there is no number', () => {
    expect(asTable(weighed, [0, 2], none)).toEqual({
      units: [0, 2],
      columns: ['Yes', ',', ' a', '😀'],
      foils: [],
      rows: [
        { mask: [1, 1], holdout: false, sample: 0, values: [-0.1, -1e-300, null, null], divergence: null, measured: null, completion: null, opening: null, edits: null },
        { mask: [0, 1], holdout: true, sample: 0, values: [null, null, null, null], divergence: null, measured: null, completion: null, opening: null, edits: null },
      ],
    });
  });

  it('has the similarity to each target, and the regenerated texts', () => {
    expect(asTable(answered, [1, 2], compared)).toEqual({
      units: [1, 2],
      columns: ['Yes, a😀'],
      foils: [],
      rows: [
        { mask: [1, 0], holdout: false, sample: 0, values: [0.25], divergence: null, measured: null, completion: 'No, "b"\nthen', opening: null, edits: null },
        { mask: [0, 0], holdout: false, sample: 0, values: [0], divergence: null, measured: null, completion: '', opening: null, edits: null },
        { mask: [0, 1], holdout: true, sample: 0, values: [null], divergence: null, measured: null, completion: null, opening: null, edits: null },
      ],
    });
  });

  it('is CSV by RFC 4180, with names that do not repeat', () => {
    expect(toCsv(asTable(weighed, [0, 2], none))).toBe('unit_0,unit_2,holdout,sample,0:Yes,"1:,",2: a,3:😀\r\n1,1,0,0,-0.1,-1e-300,,\r\n0,1,1,0,,,,\r\n');
    expect(toCsv(asTable(answered, [1, 2], compared))).toBe(
      'unit_1,unit_2,holdout,sample,"0:Yes, a😀",completion\r\n1,0,0,0,0.25,"No, ""b""\nthen"\r\n0,0,0,0,0,""\r\n0,1,1,0,,\r\n',
    );
    expect(toCsv({ units: [], columns: ['x'], foils: [], rows: [] })).toBe('holdout,sample,0:x\r\n');
  });

  it('has the columns of a foil behind those of the completion', () => {
    const table = asTable(contrasted, [0, 2], none);
    expect(table).toMatchObject({ columns: ['Yes', ',', ' a', '😀', 'No', ', a'], foils: [4] });
    expect(table.rows.map(({ values }) => values)).toEqual([[-1, -2, -3, -4, -5, null], Array.from({ length: 6 }, () => null)]);
    expect(toCsv(table).split('\r\n')[0]).toBe('unit_0,unit_2,holdout,sample,0:Yes,"1:,",2: a,3:😀,4:foil:No,"5:foil:, a"');
  });

  it('has what an answer may begin with beside the values', () => {
    const table = asTable(opened, [0, 2], { columns: ['Yes'], values: [Float64Array.of(2.5), Float64Array.of(NaN)] });
    expect(table.rows.map(({ values, completion, opening }) => ({ values, completion, opening }))).toEqual([
      { values: [2.5], completion: null, opening: top },
      { values: [null], completion: null, opening: null },
    ]);
    const quoted = JSON.stringify(JSON.stringify(top)).slice(1, -1).replaceAll('\\"', '""');
    expect(toCsv(table)).toBe(`unit_0,unit_2,holdout,sample,0:Yes,opening\r\n1,1,0,0,2.5,"${quoted}"\r\n0,1,1,0,,\r\n`);
  });
});
