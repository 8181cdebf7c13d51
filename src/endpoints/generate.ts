import { z } from 'zod';
import { completionFrom } from '../core/completions.ts';
import type { Outcome } from '../core/types.ts';
import { ProblemError } from '../errors.ts';
import { type Form, inOrder } from './again.ts';
import { malformed, reader } from './http/read.ts';

const readChoices = reader(z.looseObject({ choices: z.array(z.looseObject({ index: z.int().nonnegative().nullish() })) }));

function generated(reply: unknown): Outcome {
  try {
    return { kind: 'generated', completion: completionFrom(reply) };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    throw malformed('the reply holds no completion');
  }
}

/** The answers to a list of prompts, in its order. */
function answers(reply: object, count: number): Outcome[] {
  if (count === 1) return [generated(reply)];
  const { choices } = readChoices(reply);
  const ordered = inOrder(choices, count);
  if (!ordered) throw malformed(`the reply has ${choices.length} choices for ${count} prompts`);
  return ordered.map((choice) => generated({ choices: [choice] }));
}

/** Every call as it is, for its answer. */
export const forAnswers: Form = { body: (call) => call, read: answers };
