import { expect, it } from 'vitest';
import { middle } from '../../../../src/core/infillers/fill-in-the-middle.ts';

it('asks for one gap at a time', () => {
  expect(middle.asks?.(middle.options.parse({}))).toEqual({ kind: 'middle', endpoint: null, model: null, proposals: 1, together: 1, temperature: 0.8, instructions: '' });
});
