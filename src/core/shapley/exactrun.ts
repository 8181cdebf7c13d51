import type { Attribution, Game, Run } from '../types.ts';
import { coalitionsOf, exactValues } from './coalitions.ts';
import { shapleyInteractions } from './interactions.ts';
import { FULL } from './ledger.ts';

/**
 * Asks for every mask that the values over these groups depend on, and computes them without estimating anything.
 * @param pairs whether interactions are wanted too; only for one group of all units
 */
export function* exactRun({ n, columns }: Game, groups: readonly (readonly number[])[], pairs = false): Run {
  const coalitions = coalitionsOf(n, groups);
  const values = yield { masks: coalitions.masks };
  const attributions = Array.from({ length: columns }, (_, column): Attribution => {
    const scores = exactValues(coalitions, values, column, n);
    const attribution = { scores, intercept: values[FULL]?.[column] ?? Number.NaN };
    return pairs ? { ...attribution, interactions: shapleyInteractions(coalitions, values, column, scores) } : attribution;
  });
  return { attributions, stopped: 'done' };
}
