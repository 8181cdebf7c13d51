import { z } from 'zod';
import { infillers } from '../core/infillers/index.ts';
import type { Search } from '../core/types.ts';
import { type Choice, partChoice } from './parts.ts';

/*
 * What the service does around any search: what is edited, when an answer counts as another, how many evaluations that
 * may take. The search itself never sees it.
 */

const around = {
  split_k: z.int().min(1).max(1_000).default(1).describe('Words that are edited together.'),
  epsilon: z.number().min(0).default(0.5).describe('An answer whose score is above it is another answer. The score is the value of the unchanged call less that of the edited one.'),
  direction: z.enum(['drop', 'either']).default('drop').describe('`either`: a value that rises counts like one that drops.'),
  max_evaluations: z.int().min(1).max(1_000_000).default(100).describe('Calls that are tried, the unchanged one included; `budget.calls` holds as well.'),
  target: z.int().min(0).default(0).describe('Index of the target whose value counts.'),
};

const differs = {
  infiller: partChoice(infillers, 'delete').describe('What stands in the place of words.'),
  contrasts: z.int().min(1).max(100).default(1).describe('Distinct contrasts that are looked for: no two edit the same words.'),
};

export const searchShapes: Readonly<Record<Search['goal'], z.ZodRawShape>> = { differs: { ...around, ...differs }, keeps: around };

const aroundSchema = z.looseObject({ ...around, ...differs });

export type SearchOptions = Pick<z.output<typeof aroundSchema>, Exclude<keyof typeof around | keyof typeof differs, 'infiller'>> & { infiller: Choice };

/** A search's options as given, apart: those that the service carries out, and the search's own. */
export function searchApart(options: Record<string, unknown>): SearchOptions & { own: Record<string, unknown> } {
  const { split_k, epsilon, direction, max_evaluations, target, infiller, contrasts, ...own } = aroundSchema.parse(options);
  return { split_k, epsilon, direction, max_evaluations, target, infiller, contrasts, own };
}
