import { expect, it } from 'vitest';
import { packEvaluations, type StoredEvaluations, unpackEvaluations } from '../../../src/core/evaluations.ts';
import { asTable } from '../../../src/core/evaluationtable.ts';

const other: StoredEvaluations = {
  n: 2,
  needs: 'likelihood',
  completion: { text: 'I will not.', toolCalls: [], finishReason: 'stop' },
  grid: { ends: Int32Array.of(4, 6, 8) },
  weighed: 'Sure: ok',
  evaluations: [{ mask: Uint8Array.of(1, 1), role: 'method', sample: 0, outcome: { kind: 'weighed', logprobs: Float64Array.of(-1, -2, -3) } }],
};

it('what was weighed in the place of the completion is kept in version 3, which older releases refuse, and its tokens are shown', () => {
  const stored = JSON.parse(packEvaluations(other)) as object;
  expect(stored).toMatchObject({ version: 3, weighed: 'Sure: ok' });
  expect(unpackEvaluations(packEvaluations(other))).toEqual(other);
  expect(asTable(other, [0, 1], { columns: [], values: [] }).columns).toEqual(['Sure', ': ', 'ok']);
  for (const version of [1, 2]) expect(() => unpackEvaluations(JSON.stringify({ ...stored, version }))).toThrow(expect.objectContaining({ code: 'evaluations_missing' }) as Error);
});
