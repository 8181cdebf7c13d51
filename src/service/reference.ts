import type { Completion } from '../core/types.ts';
import { ProblemError } from '../errors.ts';
import type { Asking } from './asking.ts';
import { askWhole } from './whole.ts';

/**
 * Asks the call itself for the completion to explain.
 * @throws ProblemError endpoint_*, budget_exhausted, target_not_found when there is nothing in it
 */
export async function askReference(asking: Asking): Promise<Completion> {
  const { completion } = await askWhole(asking, 'generate');
  if (completion.text === '') throw new ProblemError('target_not_found', 'the endpoint answered with no text and no tool call, so there is nothing to explain');
  return completion;
}
