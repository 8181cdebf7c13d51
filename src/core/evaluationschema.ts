import { z } from 'zod';

/*
 * The stored JSON of a job's evaluations, version 1. A change that old readers would misread needs a new version.
 */

/** JSON has no NaN and no infinity: null is NaN, and −∞ (a token that a server calls impossible) is a word. */
const logProb = z.union([z.number(), z.null(), z.literal('-inf')]);

const completion = z.object({
  text: z.string(),
  toolCalls: z.array(z.object({ name: z.string(), arguments: z.string() })),
  finishReason: z.string().nullable(),
});

/** One of: the tokens' log-probabilities; an answer; why there is neither. */
const outcome = z.union([z.array(logProb), z.object({ completion }), z.object({ failed: z.string() })]);

export const storedSchema = z
  .object({
    version: z.literal(1),
    n: z.int().min(0),
    needs: z.enum(['likelihood', 'text']),
    completion,
    /** Ends of the tokens in the completion's text, UTF-16; null where nothing was weighed. */
    grid: z.array(z.int().min(0)).nullable(),
    /** '1' = present, one character per perturbable unit. */
    masks: z.array(z.string().regex(/^[01]*$/)),
    roles: z.array(z.enum(['method', 'holdout', 'check'])),
    outcomes: z.array(outcome),
  })
  .refine(({ n, masks }) => masks.every((mask) => mask.length === n))
  .refine(({ masks, roles, outcomes }) => roles.length === masks.length && outcomes.length === masks.length)
  .refine(({ grid, outcomes }) => outcomes.every((entry) => !Array.isArray(entry) || entry.length === grid?.length));

export type StoredDocument = z.output<typeof storedSchema>;
export type StoredOutcome = StoredDocument['outcomes'][number];
