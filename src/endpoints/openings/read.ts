import { z } from 'zod';
import type { Opening } from '../../core/types.ts';
import { inOrder } from '../again.ts';
import { malformed, reader } from '../http/read.ts';
import { asLogprobs } from '../ways/echo.ts';
import { tokenTexts } from './texts.ts';

/** One alternative of a token as a reply has it. */
export interface Shown {
  token: string;
  logprob: number;
  bytes?: readonly number[] | null | undefined;
}

const shown = z.looseObject({ token: z.string(), logprob: z.number(), bytes: z.array(z.int().min(0).max(255)).nullish() });

/** Chats, and llama.cpp also for completions: a list of tokens. Else the lists of /completions, which tell no bytes. */
const logprobs = z.looseObject({
  content: z.array(z.looseObject({ top_logprobs: z.array(shown).nullish() })).nullish(),
  top_logprobs: z.array(z.record(z.string(), z.number()).nullable()).nullish(),
});

const readChoices = reader(
  z.looseObject({
    choices: z.array(z.looseObject({ index: z.int().nonnegative().nullish(), logprobs: logprobs.nullish().catch(null) })).min(1),
  }),
);

function firstOf(found: z.output<typeof logprobs> | null | undefined): Shown[] {
  const listed = found?.content?.[0]?.top_logprobs;
  if (listed) return listed;
  return Object.entries(found?.top_logprobs?.[0] ?? {}).map(([token, logprob]) => ({ token, logprob }));
}

/**
 * The alternatives of each prompt's first token, the most probable first, at most `most` of them: some servers add the
 * token that was drawn, and what is below the alternatives must not pass for one. Log-probabilities are checked and
 * brought into [−9999, 0].
 * @throws Fault malformed when there are none
 */
export function readShown(reply: object, prompts: number, most: number): Shown[][] {
  const { choices } = readChoices(reply);
  const ordered = inOrder(choices, prompts);
  if (!ordered) throw malformed(`the reply has ${choices.length} choices for ${prompts} prompts`);
  return ordered.map((choice) => {
    const all = firstOf(choice.logprobs);
    if (all.length === 0) throw malformed('the reply has no alternatives of the first token');
    const values = asLogprobs(all.map(({ logprob }) => logprob));
    const checked = all.map((entry, index): Shown => ({ ...entry, logprob: values[index] ?? 0 }));
    return checked.toSorted((a, b) => b.logprob - a.logprob).slice(0, most);
  });
}

/** The same as openings, their texts in one spelling. @throws Fault malformed */
export function readOpenings(reply: object, prompts: number, most: number): Opening[][] {
  return readShown(reply, prompts, most).map((list) => {
    const texts = tokenTexts(list);
    return list.map(({ logprob }, index) => ({ token: texts[index] ?? '', logprob }));
  });
}
