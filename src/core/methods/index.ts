import { faultAt } from '../../errors.ts';
import type { Method } from '../types.ts';
import { leaveOneOut } from './leave-one-out.ts';

/** Every method; one line each. */
export const methods: readonly Method[] = [leaveOneOut, { ...leaveOneOut, id: 'auto' }] as readonly Method[];

/** @throws ProblemError validation_failed */
export function methodById(id: string): Method {
  const found = methods.find((method) => method.id === id);
  if (!found) throw faultAt('validation_failed', '/method/id', `no method is named ${JSON.stringify(id)}`);
  return found;
}
