import { faultAt } from '../../errors.ts';
import type { CollapsingPerturber } from '../perturbation.ts';
import { drop } from './drop.ts';
import { placeholder } from './placeholder.ts';

/** Every perturber; one line each. */
export const perturbers: readonly CollapsingPerturber[] = [drop, placeholder];

/** @throws ProblemError validation_failed when there is no such perturber */
export function perturberById(id: string): CollapsingPerturber {
  const found = perturbers.find((perturber) => perturber.id === id);
  if (!found) throw faultAt('validation_failed', '/perturber/id', `no perturber is named ${JSON.stringify(id)}`);
  return found;
}
