import { z } from 'zod';

const pointer = z
  .string()
  .max(1_000)
  .regex(/^(\/([^~/]|~[01])*)*$/, 'must be a JSON pointer (RFC 6901)');

/** One part of the completion; offsets count Unicode code points, half-open. */
export const targetSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('completion') }).describe('The whole completion.'),
  z.strictObject({ kind: z.literal('sentences') }).describe('Every sentence, each a target of its own.'),
  z
    .strictObject({ kind: z.literal('span'), start: z.int().min(0), end: z.int().min(1) })
    .refine((span) => span.end > span.start, { message: 'must be after `start`', path: ['end'] })
    .describe('Code points [start, end) of the completion.'),
  z.strictObject({ kind: z.literal('match'), pattern: z.string().min(1).max(1_000) }).describe('Every match of a pattern (RE2 syntax).'),
  z.strictObject({ kind: z.literal('json'), pointer }).describe('The value at a JSON pointer of a JSON completion.'),
  z.strictObject({ kind: z.literal('tool_call'), name: z.string().min(1).max(200), pointer: pointer.optional() }).describe('The arguments of a tool call, or one of them.'),
]);
