import fc from 'fast-check';
import { below, createRng, gaussian, type Rng } from '../../../../src/core/rng.ts';
import type { Attribution, Finding, Game, Mask, Method, Values } from '../../../../src/core/types.ts';

/** A value for every mask of n units, by code: bit i set = unit i present. */
export type Table = Float64Array;

export function codeOf(mask: Mask): number {
  return mask.reduce((code, bit, unit) => code + bit * 2 ** unit, 0);
}

/** A game without any structure: every mask has a value of its own. */
export function roughGame(n: number, rng: Rng): Table {
  return Float64Array.from({ length: 2 ** n }, () => gaussian(rng));
}

/** A game without interactions. */
export const additive = (weights: readonly number[]) => (mask: Mask): number =>
  weights.reduce((total, weight, unit) => total + weight * (mask[unit] as number), 0);

/** Additive parts, some pairs, saturation, and an error of its own on every mask: what a model under a mask looks like. */
export function modelGame(n: number, rng: Rng, noise: number): Table {
  const weights = Array.from({ length: n }, () => gaussian(rng));
  const pairs = Array.from({ length: 4 }, () => ({ i: below(n, rng), j: below(n, rng), weight: 2 * gaussian(rng) }));
  return Float64Array.from({ length: 2 ** n }, (_, code) => {
    const has = (unit: number): number => (code >> unit) & 1;
    const sum = weights.reduce((total, weight, unit) => total + weight * has(unit), 0)
      + pairs.reduce((total, { i, j, weight }) => total + weight * has(i) * has(j), 0);
    return 3 * Math.tanh(sum / 3) + noise * gaussian(rng);
  });
}

/** Random games with up to `most` units: a seed and a size, so that shrinking stays readable. */
export const anyGame = (most: number, least = 1): fc.Arbitrary<{ n: number; seed: number; table: Table }> =>
  fc.record({ n: fc.integer({ min: least, max: most }), seed: fc.nat(1_000_000) })
    .map(({ n, seed }) => ({ n, seed, table: roughGame(n, createRng(seed, 'game')) }));

/** A group for each of n units, a few of them alone (−1). */
export const anyParents = (n: number): fc.Arbitrary<Int32Array> =>
  fc.array(fc.integer({ min: -1, max: 3 }), { minLength: n, maxLength: n }).map((parents) => Int32Array.from(parents));

export interface Setting {
  options?: unknown;
  budget?: number;
  seed?: number;
  parents?: Int32Array;
}

export interface Played {
  finding: Finding;
  masks: Mask[];
  rounds: number;
}

/** Plays a method against one value function per column. */
export function play<O>(
  method: Method<O>,
  n: number,
  columns: readonly ((mask: Mask) => number)[],
  setting: Setting = {},
): Played {
  const { options = {}, budget = Infinity, seed = 1, parents } = setting;
  const game: Game = {
    n,
    columns: columns.length,
    weights: new Float64Array(columns.length).fill(1),
    rng: createRng(seed, 'method'),
    ...(parents ? { parents } : {}),
  };
  const run = method.run(game, method.options.parse(options), budget);
  const masks: Mask[] = [];
  let rounds = 0;
  let step = run.next();
  while (!step.done) {
    rounds++;
    masks.push(...step.value.masks);
    const values: Values = step.value.masks.map((mask) => Float64Array.from(columns, (value) => value(mask)));
    step = run.next(values);
  }
  return { finding: step.value, masks, rounds };
}

/** The scores of a method on one table. */
export function scoresOf<O>(method: Method<O>, table: Table, setting: Setting = {}): Float64Array {
  return first(play(method, Math.log2(table.length), [valueOf(table)], setting)).scores;
}

/** The attribution of the first column. */
export function first({ finding }: Played): Attribution {
  return finding.attributions[0] as Attribution;
}

export const valueOf = (table: Table) => (mask: Mask): number => table[codeOf(mask)] as number;

/** Share of all units' intervals that hold the truth, over games of equal size. Fails where an interval is missing. */
export function coverage(games: Iterable<{ played: Played; truth: ArrayLike<number> }>): number {
  let held = 0;
  let count = 0;
  for (const { played, truth } of games) {
    const { intervals } = first(played);
    for (let unit = 0; unit < truth.length; unit++) {
      const [low, high] = intervals?.[unit] ?? [Number.NaN, Number.NaN];
      if (Number.isNaN(low)) throw new Error(`unit ${unit} has no interval`);
      if (low <= (truth[unit] as number) && (truth[unit] as number) <= high) held++;
      count++;
    }
  }
  return held / count;
}

export function factorial(n: number): number {
  return n < 2 ? 1 : n * factorial(n - 1);
}

export function popcount(code: number): number {
  return code.toString(2).replaceAll('0', '').length;
}

/** Shapley's own formula: Σ over S without i of s!(n − s − 1)!/n!·(v(S+i) − v(S)). */
export function shapleyByFormula(table: Table): number[] {
  const n = Math.log2(table.length);
  return Array.from({ length: n }, (_, unit) => {
    let sum = 0;
    for (let set = 0; set < table.length; set++) {
      if ((set >> unit) & 1) continue;
      const size = popcount(set);
      const marginal = (table[set + 2 ** unit] as number) - (table[set] as number);
      sum += (marginal * factorial(size) * factorial(n - size - 1)) / factorial(n);
    }
    return sum;
  });
}

export function* permutationsOf<T>(items: readonly T[]): Generator<T[]> {
  if (items.length === 0) yield [];
  for (const [at, item] of items.entries()) {
    for (const rest of permutationsOf(items.filter((_, other) => other !== at))) yield [item, ...rest];
  }
}

/** The mean marginal over the given orders. */
export function meanOverOrders(table: Table, orders: Iterable<readonly number[]>): number[] {
  const n = Math.log2(table.length);
  const sums = new Array<number>(n).fill(0);
  let count = 0;
  for (const order of orders) {
    let set = 0;
    for (const unit of order) {
      sums[unit] = (sums[unit] as number) + (table[set + 2 ** unit] as number) - (table[set] as number);
      set += 2 ** unit;
    }
    count++;
  }
  return sums.map((sum) => sum / count);
}

/** Whether an order never leaves a group (equal parents, negative = alone) before it is complete. */
export function keepsGroups(order: readonly number[], parents: Int32Array): boolean {
  const left = new Set<number>();
  let current: number | null = null;
  for (const unit of order) {
    const parent = (parents[unit] as number) < 0 ? -1 - unit : (parents[unit] as number);
    if (parent === current) continue;
    if (left.has(parent)) return false;
    if (current !== null) left.add(current);
    current = parent;
  }
  return true;
}

export function expectClose(seen: ArrayLike<number>, wanted: ArrayLike<number>, tolerance = 1e-9): void {
  const far = Array.from(wanted, (value, at) => Math.abs((seen[at] as number) - value)).filter((gap) => !(gap <= tolerance));
  if (far.length > 0 || seen.length !== wanted.length) {
    throw new Error(`expected ${Array.from(wanted).join(', ')}\nbut saw ${Array.from(seen).join(', ')}`);
  }
}

export const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((total, value) => total + value, 0);
