import { type Rng, shuffle } from '../rng.ts';

/**
 * The units of each group, groups and units in the order of their first appearance. Without parents all units are one
 * group; a unit whose parent is negative has none and is a group of its own.
 */
export function groupsOf(n: number, parents: Int32Array | undefined): number[][] {
  const groups = new Map<number, number[]>();
  for (let unit = 0; unit < n; unit++) {
    const parent = parents?.[unit] ?? 0;
    // Negative numbers name lonely units, one each, so that they never meet a parent's number.
    const name = parent < 0 ? -1 - unit : parent;
    const group = groups.get(name);
    if (group) group.push(unit);
    else groups.set(name, [unit]);
  }
  return [...groups.values()];
}

/**
 * An order of all units, uniform among those that never leave a group before it is complete: the groups in random
 * order, and each group's units in random order. The reverse of such an order is another one, equally likely.
 */
export function randomOrder(groups: readonly (readonly number[])[], rng: Rng): Int32Array {
  return Int32Array.from(shuffle([...groups], rng).flatMap((group) => shuffle([...group], rng)));
}
