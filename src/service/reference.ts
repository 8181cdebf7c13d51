import type { Completion } from '../core/types.ts';
import { ProblemError } from '../errors.ts';
import type { Asking } from './asking.ts';
import { refuseRouteless } from './routeless.ts';
import { askWhole } from './whole.ts';

/** Whether it was the route that was refused, or the model: what the endpoint supports tells the one from the other. */
const NOT_FOUND = /\bhttp 40[45]\b/;

async function answerTo(asking: Asking): Promise<Completion> {
  try {
    return (await askWhole(asking, 'generate')).completion;
  } catch (error) {
    if (error instanceof ProblemError && error.code === 'endpoint_refused' && NOT_FOUND.test(error.message)) {
      refuseRouteless(await asking.endpoint.supports(asking.plan.model, asking.signal), asking.plan);
    }
    throw error;
  }
}

/**
 * Asks the call itself for the completion to explain.
 * @throws ProblemError endpoint_*, unsupported_call, budget_exhausted, target_not_found when there is nothing in it
 */
export async function askReference(asking: Asking): Promise<Completion> {
  const completion = await answerTo(asking);
  if (completion.text === '') throw new ProblemError('target_not_found', 'the endpoint answered with no text and no tool call, so there is nothing to explain');
  return completion;
}
