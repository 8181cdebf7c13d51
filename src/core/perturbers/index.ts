import { faultAt } from '../../errors.ts';
import type { Perturber } from '../types.ts';
import { drop } from './drop.ts';
import { placeholder } from './placeholder.ts';

/** Every perturber; one line each. */
export const perturbers: readonly Perturber[] = [drop, placeholder];

/** @throws ProblemError validation_failed when there is no such perturber */
export function perturberById(id: string): Perturber {
  const found = perturbers.find((perturber) => perturber.id === id);
  if (!found) throw faultAt('validation_failed', '/perturber/id', `no perturber is named ${JSON.stringify(id)}`);
  return found;
}
