import { absentees, key } from '../masks.ts';
import { type Rng, shuffle } from '../rng.ts';
import { freshHalfMasks } from '../subsets.ts';
import type { Mask } from '../types.ts';

/** Columns that are looked at for every unit. */
const TRIED = 48;

/**
 * `count` half masks, fewer than units, under which no two units come and go alike as far as that can be had: every unit
 * is present in half of them, chosen unit by unit, of random columns the one whose products with those before are
 * smallest (a supersaturated design: Booth and Cox 1962, with fourth powers, which mind the largest product most), and
 * that keeps the masks half full. Where chance alone draws 10 masks, some of 24 units do nearly the same.
 * Masks that lack `ablated` units or fewer, or are equal, are drawn anew as plain half masks.
 */
export function supersaturated(n: number, count: number, ablated: number, rng: Rng): Mask[] {
  const columns: Int8Array[] = [];
  const loads = new Int32Array(count);
  for (let unit = 0; unit < n; unit++) {
    const offered = Array.from({ length: TRIED }, () => balancedColumn(count, rng));
    const costs = offered.map((column) => costOf(column, columns, loads));
    const column = offered[costs.indexOf(Math.min(...costs))] as Int8Array;
    column.forEach((sign, row) => (loads[row] = (loads[row] as number) + sign));
    columns.push(column);
  }
  const spread = shuffle([...columns], rng);
  const taken = new Set<string>();
  const masks = Array.from({ length: count }, (_, row) => Uint8Array.from(spread, (column) => ((column[row] as number) > 0 ? 1 : 0)));
  const good = masks.filter((mask) => absentees(mask).length > ablated && !taken.has(key(mask)) && taken.add(key(mask)));
  return [...good, ...freshHalfMasks(n, count - good.length, taken, rng)];
}

/** Signs, as many of one as of the other; of an odd number, one more of either. */
function balancedColumn(count: number, rng: Rng): Int8Array {
  const more = rng() < 0.5 ? 1 : 0;
  return Int8Array.from(shuffle(Array.from({ length: count }, (_, at) => (2 * at + more < count ? 1 : -1)), rng));
}

function costOf(column: Int8Array, before: readonly Int8Array[], loads: Int32Array): number {
  const rows = column.length;
  let cost = 0;
  for (const other of before) {
    let product = 0;
    for (let row = 0; row < rows; row++) product += (column[row] as number) * (other[row] as number);
    cost += (product / rows) ** 4;
  }
  let load = 0;
  for (let row = 0; row < rows; row++) load += ((loads[row] as number) + (column[row] as number)) ** 2;
  return cost + load / (rows * rows);
}
