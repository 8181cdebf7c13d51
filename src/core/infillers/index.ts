import { faultAt } from '../../errors.ts';
import type { Infiller } from '../types.ts';
import { remove } from './delete.ts';
import { middle } from './fill-in-the-middle.ts';
import { llm } from './llm.ts';
import { swap } from './swap.ts';

/** Every infiller; one line each. */
export const infillers: readonly Infiller[] = [remove, swap, llm, middle];

/** @throws ProblemError validation_failed when there is no such infiller */
export function infillerById(id: string): Infiller {
  const found = infillers.find((infiller) => infiller.id === id);
  if (!found) throw faultAt('validation_failed', '/method/options/infiller/id', `no infiller is named ${JSON.stringify(id)}`);
  return found;
}
