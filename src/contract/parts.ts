import { z, type ZodType } from 'zod';

export interface Part {
  id: string;
  title: string;
  options: ZodType;
}

export interface Choice {
  id: string;
  options: Record<string, unknown>;
}

/**
 * `{id, options}` over a registry: one strict alternative per part, with that part's own options and their defaults.
 * @param fallback the id that stands when the field is left out; without it the field is the caller's to give
 */
export function partChoice(parts: readonly Part[], fallback?: string): ZodType<Choice> {
  const alternatives = parts.map((part) => z.strictObject({ id: z.literal(part.id), options: part.options.prefault({} as never) }).describe(part.title));
  const [first, ...others] = alternatives;
  if (!first) throw new Error('a registry without parts');
  const union = z.discriminatedUnion('id', [first, ...others]) as ZodType as ZodType<Choice>;
  return fallback === undefined ? union : union.prefault({ id: fallback });
}
