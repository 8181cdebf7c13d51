import { z } from 'zod';

/*
 * The stored JSON of a job's evaluations. Version 2 may have several samples of a mask, version 1 has one; version 3 may
 * weigh something else than the completion. A change that old readers would misread needs a new version.
 */

/** JSON has no NaN and no infinity: null is NaN, and −∞ (a token that a server calls impossible) is a word. */
const logProb = z.union([z.number(), z.null(), z.literal('-inf')]);

const completion = z.object({
  text: z.string(),
  toolCalls: z.array(z.object({ name: z.string(), arguments: z.string() })),
  finishReason: z.string().nullable(),
});

/** A list of them, looked through in one go: a job has tens of thousands, and asking a schema about each takes longer than to fit them. */
const weights = z.custom<z.output<typeof logProb>[]>((value) => Array.isArray(value) && value.every((each) => typeof each === 'number' || each === null || each === '-inf'));

/** Tokens that an answer may begin with, each with its log-probability. */
const opening = z.array(z.tuple([z.string(), logProb]));

/** One of: the tokens' log-probabilities, of foils too, or with where the answer parted and how many are measured; how an answer may begin; an answer; why there is none of these. */
const outcome = z.union([
  weights,
  z.object({ weighed: weights, others: z.array(weights) }),
  z.object({ weighed: weights, aligned: z.tuple([z.int().min(0), z.int().min(0)]) }),
  z.object({ opened: opening }),
  z.object({ completion }),
  z.object({ failed: z.string() }),
]);

const ends = z.array(z.int().min(0));

function fits(entry: z.output<typeof outcome>, grid: number[] | null, others: readonly { ends: number[] }[]): boolean {
  if (Array.isArray(entry)) return others.length === 0 && entry.length === grid?.length;
  if (!('weighed' in entry)) return true;
  const given = 'others' in entry ? entry.others : [];
  if (entry.weighed.length !== grid?.length || given.length !== others.length) return false;
  return given.every((each, index) => each.length === others[index]?.ends.length);
}

export const storedSchema = z
  .object({
    version: z.literal([1, 2, 3]),
    n: z.int().min(0),
    needs: z.enum(['likelihood', 'opening', 'text']),
    completion,
    /** Ends of the tokens in the completion's text, UTF-16; null where nothing was weighed. */
    grid: ends.nullable(),
    /** What the grid and the numbers are of, where that is not the completion. */
    weighed: z.string().optional(),
    /** The completions with a foil, and the ends of their tokens. */
    others: z.array(z.object({ text: z.string(), ends })).optional(),
    /** What the unperturbed call opens with. */
    opening: opening.optional(),
    /** How exactly tokens were weighed. */
    tokenNoise: z.object({ sd: z.number().min(0), seen: z.int().min(1) }).optional(),
    /** '1' = present, one character per perturbable unit. */
    masks: z.array(z.string().regex(/^[01]*$/)),
    roles: z.array(z.enum(['method', 'holdout', 'check', 'reference'])),
    outcomes: z.array(outcome),
    /** What a scorer was told of the answers: of which kinds, and the number of each consultation, null where there is none. */
    advice: z.object({ kinds: z.array(z.enum(['similarity', 'entailment', 'contradiction', 'grade', 'preference', 'refusal'])), numbers: z.record(z.string(), z.number().nullable()) }).optional(),
    /** Number of each mask's sample; left out: 0. */
    samples: z.array(z.int().min(0)).optional(),
    /** Where units were cut finer on the way: what each stage opened and asked (core/levels/climb.ts). */
    stages: z.array(z.object({ level: z.int().min(0), opened: z.array(z.int().min(0)), evaluations: z.int().min(0) })).min(1).optional(),
    /** What a search edited in each call. */
    edits: z.array(z.array(z.object({ unit: z.int().min(0), start: z.int().min(0), end: z.int().min(0), from: z.string(), to: z.string() }))).optional(),
  })
  .refine(({ masks, edits }) => edits === undefined || edits.length === masks.length)
  .refine(({ masks, samples }) => samples === undefined || samples.length === masks.length)
  .refine(({ version, samples, weighed }) => version === (weighed !== undefined ? 3 : samples !== undefined ? 2 : 1))
  .refine(({ n, masks }) => masks.every((mask) => mask.length === n))
  .refine(({ masks, roles, outcomes }) => roles.length === masks.length && outcomes.length === masks.length)
  .refine(({ grid, others, outcomes }) => outcomes.every((entry) => fits(entry, grid, others ?? [])));

export type StoredDocument = z.output<typeof storedSchema>;
export type StoredOutcome = StoredDocument['outcomes'][number];
