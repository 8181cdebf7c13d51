import { expect, it } from 'vitest';
import { remove } from '../../../../src/core/infillers/delete.ts';

it('puts nothing in the place of any words', () => {
  expect(remove.proposals?.('two words', {})).toEqual(['']);
  expect('stretches' in remove).toBe(false);
});
