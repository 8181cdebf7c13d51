import { expect, it } from 'vitest';
import type { Outcome } from '../../../src/core/types.ts';
import { joined } from '../../../src/service/joined.ts';

const weighed = (...values: number[]): Outcome => ({ kind: 'weighed', logprobs: Float64Array.from(values) });
const failed = (reason: string): Outcome => ({ kind: 'failed', reason });

it.each<[string, (Outcome | undefined)[], Outcome | null]>([
  ['nothing asked', [undefined], null],
  ['one answer', [weighed(-1)], weighed(-1)],
  ['a foil beside it', [weighed(-1), weighed(-2, -3)], { kind: 'weighed', logprobs: Float64Array.of(-1), others: [Float64Array.of(-2, -3)] }],
  ['the foil not asked', [weighed(-1), undefined], null],
  ['the answer not asked', [undefined, weighed(-1)], null],
  ['the foil failed', [weighed(-1), failed('http 500')], failed('http 500')],
  ['both failed', [failed('timeout'), failed('http 500')], failed('timeout')],
])('one outcome of %s', (_, outcomes, expected) => {
  expect(joined(outcomes)).toEqual(expected);
});
