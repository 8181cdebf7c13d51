import { expect, it } from 'vitest';
import { llm } from '../../../../src/core/infillers/llm.ts';

it('asks a chat model, the same way for the same options', () => {
  expect(llm.asks?.(llm.options.parse({}))).toEqual({ kind: 'chat', endpoint: null, model: null, proposals: 4, together: 8, temperature: 0, instructions: '' });
  expect(llm.asks?.(llm.options.parse({ endpoint: 'other', proposals: 2 }))).toMatchObject({ endpoint: 'other', proposals: 2 });
  expect(llm.options.safeParse({ proposals: 0 }).success).toBe(false);
});
