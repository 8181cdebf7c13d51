import type { Unit } from './types.ts';

/**
 * The group of each perturbable unit, as a number: units of one parent are a group; units without a parent are grouped
 * by the text they lie in, so that the sentences of one message part or document belong together.
 * @param perturbable index among `units` of each perturbable unit
 */
export function parentsOf(units: readonly Unit[], perturbable: ArrayLike<number>): Int32Array {
  const numbers = new Map<string, number>();
  return Int32Array.from({ length: perturbable.length }, (_, position) => {
    const unit = units[perturbable[position] as number];
    const name = unit === undefined || unit.parent === null ? `at ${unit?.at ?? ''}` : `in ${unit.parent}`;
    const known = numbers.get(name) ?? numbers.size;
    numbers.set(name, known);
    return known;
  });
}
