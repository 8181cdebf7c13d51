import type { Method } from '../types.ts';
import { auto } from './auto.ts';
import { banzhaf } from './banzhaf.ts';
import { clime } from './clime.ts';
import { lasso } from './lasso.ts';
import { leaveOneOut } from './leave-one-out.ts';
import { lshap } from './lshap.ts';
import { owen } from './owen.ts';
import { shapley } from './shapley.ts';

/** Every attribution method, the default one first. */
export const methods: readonly Method[] = [auto, leaveOneOut, clime, lshap, lasso, shapley, banzhaf, owen];

/** The method of that id. */
export function methodById(id: string): Method | undefined {
  return methods.find((method) => method.id === id);
}
