import { agree, type Joint } from '../core/levels/agree.ts';
import type { Reading } from '../core/levels/book.ts';
import type { Climbed } from '../core/levels/climb.ts';
import type { Layout, Opened } from '../core/levels/front.ts';
import type { Attribution, Unit } from '../core/types.ts';
import type { ResultAttribution } from '../contract/resource.ts';
import { within } from './weighing-noise.ts';

/** The units of a result and how an attribution is laid onto them. */
export interface Shown {
  units: readonly Unit[];
  /** Index of the unit of each position of a mask: of those that are neither fixed nor opened. */
  leaves: Int32Array;
  opened: readonly Opened[];
  /** Per target and opened unit: what was measured of it while it was whole. */
  measured: readonly (readonly Reading[])[];
  /** What was left coarser than asked. */
  notes: readonly string[];
}

/** Units of one level. */
export function plainly(units: readonly Unit[], leaves: Int32Array): Shown {
  return { units, leaves, opened: [], measured: [], notes: [] };
}

/** Units of a tree whose opened ones were not measured: they have the sums of their parts. */
export function unmeasured({ units, leaves, opened }: Layout): Shown {
  return { units, leaves, opened, measured: [], notes: [] };
}

export function shownClimb({ layout, measured, notes }: Climbed): Shown {
  return { ...layout, measured, notes };
}

/** A limit this share of the values beside 0 is 0 but for rounding. */
const ROUNDING = 1e-12;

function zeroIn({ scores, intercept }: Attribution): (interval: readonly [number, number]) => boolean {
  const largest = scores.reduce((most, score) => Math.max(most, Math.abs(score) || 0), Math.abs(intercept) || 0);
  return ([low, high]) => low <= ROUNDING * largest && high >= -ROUNDING * largest;
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

/**
 * An attribution over mask positions laid onto all units: null where fixed or not evaluated, opened units in agreement with their parts.
 * @param floor scores no larger than it are the server's arithmetic; left out: none are
 */
export function publicAttribution(target: number, attribution: Attribution, { units, leaves, opened, measured, notes }: Shown, floor?: number): ResultAttribution {
  const scores: (number | null)[] = units.map(() => null);
  const inner = measured[target]?.some(({ interval }) => interval) ?? false;
  const intervals: ([number, number] | null)[] | null = attribution.intervals || inner ? units.map(() => null) : null;
  let missing = 0;
  leaves.forEach((unit, position) => {
    const score = finite(attribution.scores[position] ?? NaN);
    scores[unit] = score;
    if (score === null) missing += 1;
    const interval = attribution.intervals?.[position];
    if (intervals && interval && interval.every(Number.isFinite)) intervals[unit] = [interval[0], interval[1]];
  });
  const intercept = finite(attribution.intercept);
  const joints: Joint[] = agree({ scores, intervals, intercept }, opened, measured[target] ?? null);
  const pairs = (attribution.interactions ?? []).map((pair) => ({ ...pair, units: pair.units.map((position) => leaves[position] ?? 0) }));
  const lost = missing > 0 ? [`${missing} of ${leaves.length} units have no score: the evaluations they need failed or were not asked`] : [];
  const holdsZero = zeroIn(attribution);
  const faint = new Set([...within(attribution, floor)].map((position) => leaves[position]));
  const indistinguishable = units.flatMap((_, unit) => (scores[unit] !== null && (faint.has(unit) || (intervals?.[unit] && holdsZero(intervals[unit]))) ? [unit] : []));
  return { target, scores, intervals, intercept, interactions: [...pairs, ...joints], reasons: [...lost, ...notes], indistinguishable };
}
