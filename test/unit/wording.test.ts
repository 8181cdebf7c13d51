import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { wording } from '../../src/wording.ts';

const words = (schema: z.ZodType, value: unknown) => schema.safeParse(value, { error: wording }).error?.issues.map(({ message }) => message);
const choice = z.discriminatedUnion('id', [z.object({ id: z.literal('p') }), z.object({ id: z.literal('q') })]);

describe('the words for a value that does not fit', () => {
  it.each([
    [z.object({}), undefined, 'is required: an object'],
    [z.enum(['x', 'y']), undefined, 'is required: one of "x", "y"'],
    [z.union([z.string(), z.array(z.string())]), undefined, 'is required: a string or a list'],
    [z.object({}), 1, 'must be an object, not a whole number'],
    [z.array(z.int()), null, 'must be a list, not null'],
    [z.string(), [], 'must be a string, not a list'],
    [z.boolean(), 0.5, 'must be true or false, not a number'],
    [z.int(), 1.5, 'must be a whole number'],
    [z.int(), '1', 'must be a number, not a string'],
    [z.number(), NaN, 'must be a number, not NaN'],
    [z.enum(['x', 'y']), 'z', 'must be one of "x", "y"'],
    [z.literal(3), 4, 'must be 3'],
    [z.union([z.string(), z.array(z.string())]), 3, 'must be a string or a list'],
    [z.union([z.literal('auto'), z.int()]), true, 'must be "auto" or a number'],
    [z.number().min(1), 0, 'must be at least 1'],
    [z.number().max(5), 6, 'must be at most 5'],
    [z.number().gt(0), 0, 'must be more than 0'],
    [z.number().lt(1), 1, 'must be less than 1'],
    [z.string().min(2), 'a', 'must have at least 2 characters'],
    [z.string().max(1), 'aa', 'must have at most 1 character'],
    [z.string().length(3), 'aa', 'must have exactly 3 characters'],
    [z.array(z.int()).min(1), [], 'must not be empty'],
    [z.array(z.int()).max(2), [1, 2, 3], 'must have at most 2 items'],
    [z.url(), 'x', 'must be a URL'],
    [z.string().regex(/^a$/), 'b', 'must match /^a$/'],
    [z.number().multipleOf(0.5), 0.3, 'must be a multiple of 0.5'],
    [choice, { id: 'r' }, 'must be one of "p", "q"'],
  ])('%#', (schema, value, expected) => {
    expect(words(schema, value)).toEqual([expected]);
  });

  it('those of a schema go before', () => {
    expect(words(z.string().min(8, 'is too weak'), 'a')).toEqual(['is too weak']);
    expect(words(z.object({ a: z.string() }).refine(() => false, 'does not add up'), { a: '' })).toEqual(['does not add up']);
  });

  it('never quote the value', () => {
    const schemas = [z.int(), z.boolean(), z.enum(['x']), z.url(), z.string().max(3), z.array(z.int()), choice, z.union([z.int(), z.array(z.int())])];
    fc.assert(
      fc.property(fc.constantFrom(...schemas), fc.uuid(), (schema, secret) => {
        for (const value of [secret, { id: secret }, [secret]]) expect(words(schema, value)?.join() ?? '').not.toContain(secret);
      }),
    );
  });
});
