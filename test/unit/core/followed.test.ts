import { expect, it } from 'vitest';
import { packEvaluations, unpackEvaluations, type StoredEvaluations } from '../../../src/core/evaluations.ts';
import { asTable, toCsv } from '../../../src/core/evaluationtable.ts';
import { logLikelihood } from '../../../src/core/scorers/log-likelihood.ts';
import { resolveTargets } from '../../../src/core/targets.ts';
import { completionOf } from './scorers/helpers.ts';

const completion = completionOf('Yes, a.');
const followed: StoredEvaluations = {
  n: 2,
  needs: 'likelihood',
  completion,
  grid: { ends: Int32Array.of(3, 4, 6, 7) },
  evaluations: [
    { mask: Uint8Array.of(1, 1), role: 'method', sample: 0, outcome: { kind: 'weighed', logprobs: Float64Array.of(-0.1, -0.2, -0.3, -0.4) } },
    { mask: Uint8Array.of(0, 1), role: 'method', sample: 0, outcome: { kind: 'weighed', logprobs: Float64Array.of(-0.1, -0.2, -2, -3), aligned: { divergence: 2, known: 3 } } },
  ],
};

it('answers that were followed come back as they were stored', () => {
  expect(unpackEvaluations(packEvaluations(followed))).toEqual(followed);
});

it('rows say how far they were', () => {
  const table = asTable(followed, [0, 1], { columns: [], values: [] });
  expect(table.rows).toMatchObject([{ divergence: null, measured: null }, { values: [-0.1, -0.2, -2, -3], divergence: 2, measured: 3 }]);
  expect(toCsv(table).split('\r\n').slice(0, 3)).toEqual(['unit_0,unit_1,holdout,sample,0:Yes,"1:,",2: a,3:.,divergence,measured', '1,1,0,0,-0.1,-0.2,-0.3,-0.4,,', '0,1,0,0,-0.1,-0.2,-2,-3,2,3']);
});

it('bounds and floors are counted inside the targets, and notes say where answers part', () => {
  const outcomes = followed.evaluations.map(({ outcome }) => outcome);
  const input = (start: number, end: number) => ({ reference: completion, grid: followed.grid, outcomes, targets: resolveTargets([{ kind: 'span', start, end }], completion) });
  const options = { transform: null };
  expect([input(0, 7), input(0, 4), input(6, 7)].map((each) => logLikelihood.censored?.(each, options))).toEqual([1, 0, 1]);
  expect(logLikelihood.notes?.(input(0, 7), options)?.[0]).toMatch(/^in 1 of 2 evaluations .* in the middle at token 3 of 4: /);
});
