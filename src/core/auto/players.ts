import { groupsOf } from '../shapley/groups.ts';
import type { Mask } from '../types.ts';

/** Up to so many units are perturbed one by one from the start. */
const FINE = 64;
/** Fewer groups than this leave too few masks; and groups that are hardly larger than a unit save nothing. */
const LEAST_GROUPS = 9;
const LEAST_SIZE = 2;

/** Units that come and go together, ascending; a unit by itself is a player too. */
export type Player = readonly number[];

/** The groups that the rounds begin with; null where units are perturbed one by one. */
export function coarsePlayers(n: number, parents: Int32Array | undefined): Player[] | null {
  if (n <= FINE || !parents) return null;
  const groups = groupsOf(n, parents);
  return groups.length >= LEAST_GROUPS && n >= LEAST_SIZE * groups.length ? groups : null;
}

/** The players of masks: the units of one group that no mask tells apart are one. Every unit where nothing is grouped. */
export function playersOf(n: number, parents: Int32Array | undefined, masks: readonly Mask[]): Player[] {
  const groups = coarsePlayers(n, parents);
  if (!groups) return Array.from({ length: n }, (_, unit) => [unit]);
  return groups.flatMap((group) => {
    const alike = new Map<string, number[]>();
    for (const unit of group) {
      const seen = masks.map((mask) => mask[unit]).join('');
      const known = alike.get(seen);
      if (known) known.push(unit);
      else alike.set(seen, [unit]);
    }
    return [...alike.values()];
  });
}

/** Which players are there under a mask that tells none of their units apart. */
export function gather(players: readonly Player[], mask: Mask): Mask {
  return Uint8Array.from(players, ([first]) => mask[first as number] as number);
}

/** The mask of n units in which just those of the players present are there. */
export function scatter(n: number, players: readonly Player[], present: Mask): Mask {
  const mask = new Uint8Array(n);
  players.forEach((units, at) => {
    for (const unit of units) mask[unit] = present[at] as number;
  });
  return mask;
}

/** Scores of the units: a player's is shared equally among its own. */
export function shareScores(n: number, players: readonly Player[], shared: Float64Array): Float64Array {
  const scores = new Float64Array(n);
  players.forEach((units, at) => {
    for (const unit of units) scores[unit] = (shared[at] as number) / units.length;
  });
  return scores;
}

/**
 * Intervals of the units. Each unit of a group has the group's, reaching to 0: effects in a group that do not cancel
 * lie between nothing and the effect of all of them.
 */
export function shareIntervals(
  n: number,
  players: readonly Player[],
  intervals: readonly (readonly [number, number])[],
): [number, number][] {
  const shared = Array.from({ length: n }, (): [number, number] => [Number.NaN, Number.NaN]);
  players.forEach((units, at) => {
    const [low, high] = intervals[at] as [number, number];
    for (const unit of units) shared[unit] = units.length === 1 ? [low, high] : [Math.min(low, 0), Math.max(high, 0)];
  });
  return shared;
}

/**
 * For each player, the first of the masks from which on it was drawn independently of all others: 0 for a group that
 * is still whole and where nothing is grouped, and for the parts of an opened group the first mask that tells them apart.
 */
export function drawnSince(
  n: number,
  parents: Int32Array | undefined,
  players: readonly Player[],
  masks: readonly Mask[],
): number[] {
  const since = new Int32Array(n);
  for (const units of coarsePlayers(n, parents) ?? []) {
    const apart = masks.findIndex((mask) => units.some((unit) => mask[unit] !== mask[units[0] as number]));
    for (const unit of units) since[unit] = Math.max(0, apart);
  }
  return players.map(([unit]) => since[unit as number] as number);
}
