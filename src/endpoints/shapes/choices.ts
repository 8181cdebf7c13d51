import { z } from 'zod';
import { completionFrom } from '../../core/completions.ts';
import type { Outcome } from '../../core/types.ts';
import { ProblemError } from '../../errors.ts';
import { malformed, reader } from '../http/read.ts';
import type { Shown, Spoken } from './shape.ts';

/*
 * What /chat/completions and /completions have in common: a list of choices, one for each prompt.
 */

/** The choices of a reply in the order of the prompts. @returns null when there is not one for each */
function inOrder<T extends { index?: number | null | undefined }>(choices: readonly T[], prompts: number): T[] | null {
  if (choices.length !== prompts) return null;
  const placed = choices.map((choice, place) => ({ place: choice.index ?? place, choice }));
  return placed.sort((a, b) => a.place - b.place).map(({ choice }) => choice);
}

/** A reply of any shape as an answer. @throws Fault malformed */
export function generated(reply: unknown): Outcome {
  try {
    return { kind: 'generated', completion: completionFrom(reply) };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    throw malformed('the reply holds no completion');
  }
}

function ordered<T extends { index?: number | null | undefined }>(choices: readonly T[], prompts: number): T[] {
  const found = inOrder(choices, prompts);
  if (!found) throw malformed(`the reply has ${choices.length} choices for ${prompts} prompts`);
  return found;
}

const index = z.int().nonnegative().nullish();
const readChoices = reader(z.looseObject({ choices: z.array(z.looseObject({ index })) }));

/** The answers to the prompts of a request, in its order. @throws Fault malformed */
export function answersIn(reply: object, count: number): Outcome[] {
  if (count === 1) return [generated(reply)];
  return ordered(readChoices(reply).choices, count).map((choice) => generated({ choices: [choice] }));
}

export const shownToken = z.looseObject({ token: z.string(), logprob: z.number(), bytes: z.array(z.int().min(0).max(255)).nullish() });

/** Chats, and llama.cpp also for completions: a list of tokens. Else the lists of /completions, which tell no bytes. */
const logprobs = z.looseObject({
  content: z.array(shownToken.extend({ top_logprobs: z.array(shownToken).nullish() })).nullish(),
  tokens: z.array(z.string()).nullish(),
  token_logprobs: z.array(z.number().nullable()).nullish(),
  top_logprobs: z.array(z.record(z.string(), z.number()).nullable()).nullish(),
});

const fromRecord = (found: Record<string, number> | null | undefined): Shown[] => Object.entries(found ?? {}).map(([token, logprob]) => ({ token, logprob }));

const readLogprobs = reader(z.looseObject({ choices: z.array(z.looseObject({ index, logprobs: logprobs.nullish().catch(null) })).min(1) }));

/** The alternatives of each prompt's first token. @throws Fault malformed */
export function alternativesIn(reply: object, count: number): Shown[][] {
  return ordered(readLogprobs(reply).choices, count).map(({ logprobs: found }) => {
    const listed = found?.content?.[0]?.top_logprobs;
    return listed ?? fromRecord(found?.top_logprobs?.[0]);
  });
}

/** Every token of each prompt's answer, with its alternatives. @throws Fault malformed */
export function spokenIn(reply: object, count: number): Spoken[][] {
  return ordered(readLogprobs(reply).choices, count).map(({ logprobs: found }) => {
    if (found?.content) return found.content.map(({ top_logprobs: top, ...token }) => ({ ...token, top: top ?? [] }));
    return (found?.tokens ?? []).map((token, at) => ({ token, logprob: found?.token_logprobs?.[at] ?? Number.NaN, top: fromRecord(found?.top_logprobs?.[at]) }));
  });
}
