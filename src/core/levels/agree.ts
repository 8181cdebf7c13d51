import type { Interaction } from '../types.ts';
import type { Reading } from './book.ts';
import type { Opened } from './front.ts';

/** A difference below this share of the numbers it is made of is rounding: servers compute in single precision. */
const ROUNDING = 1e-6;
/** As for a pair: an effect together that is this close to the sum of the single ones is additive. */
const ADDITIVE = 0.1;

/** Scores and intervals of one target, one per unit of the layout; null where there is none. */
export interface Sheet {
  scores: (number | null)[];
  intervals: ([number, number] | null)[] | null;
  intercept: number | null;
}

/**
 * `units` are the parts of one opened unit; `score` is what the whole showed beyond the sum of theirs. A part that was
 * opened counts with what it showed as a whole: what its own parts lack is told of them, once.
 */
export type Joint = Pick<Interaction, 'units' | 'score' | 'reading'>;

/** What the loss of all parts together says beside the sum of their single losses; see `readingOf` for two. */
function reading(together: number, sum: number, parts: readonly number[]): Joint['reading'] {
  if (Math.abs(together - sum) <= ADDITIVE * Math.max(Math.abs(together), ...parts.map(Math.abs))) return 'independent';
  return Math.abs(together) > Math.abs(sum) ? 'either suffices' : 'both needed';
}

function halfWidth(interval: readonly [number, number] | null | undefined): number {
  return interval ? (interval[1] - interval[0]) / 2 : 0;
}

/**
 * Gives every opened unit a score that agrees with its parts: their sum, added up in their order. A unit one of whose
 * parts has no score keeps what was measured of it as a whole. Where the measured effect and the sum differ by more than
 * their intervals and rounding allow, the unit has no interval, as that of the whole is not one of the sum; else it has
 * that of the whole, widened to the sum. What it showed beyond its parts is an interaction of them.
 * @param sheet    with scores for leaves; those of opened units are written into it
 * @param opened   in the order of the layout, a unit before its parts
 * @param measured per opened unit, what a stage found of it while it was whole; null where none did
 */
export function agree(sheet: Sheet, opened: readonly Opened[], measured: readonly Reading[] | null): Joint[] {
  const joints: Joint[] = [];
  /** What opened units showed while they were whole. */
  const wholes = new Map<number, Reading>();
  for (const [at, { index, parts }] of [...opened.entries()].toReversed()) {
    const { score: whole, interval } = measured?.[at] ?? { score: NaN, interval: null };
    const scores = parts.map((part) => sheet.scores[part] ?? null);
    const known = scores.filter((score) => score !== null);
    const sum = known.reduce((total, score) => total + score, 0);
    const complete = known.length === parts.length;
    sheet.scores[index] = complete ? sum : Number.isFinite(whole) ? whole : null;
    const told = sheet.intervals && interval?.every(Number.isFinite) ? sheet.intervals : null;
    // of what was measured as a whole, the sum may lie a little outside; where it lies far outside, it is another number
    if (told && interval) told[index] = [Math.min(interval[0], sheet.scores[index] ?? interval[0]), Math.max(interval[1], sheet.scores[index] ?? interval[1])];
    if (Number.isFinite(whole)) wholes.set(index, { score: whole, interval });
    if (!complete || !Number.isFinite(whole)) continue;
    const effects = parts.map((part) => wholes.get(part)?.score ?? sheet.scores[part] ?? 0);
    const together = effects.reduce((total, effect) => total + effect, 0);
    const widths = [halfWidth(interval), ...parts.map((part) => halfWidth(wholes.get(part)?.interval ?? sheet.intervals?.[part]))];
    const size = Math.max(Math.abs(whole), effects.reduce((total, effect) => total + Math.abs(effect), 0), Math.abs(sheet.intercept ?? 0));
    const allowed = Math.hypot(...widths.filter(Number.isFinite)) + ROUNDING * size;
    if (told && Math.abs(whole - sum) > allowed) told[index] = null;
    if (Math.abs(whole - together) <= allowed) continue;
    joints.push({ units: [...parts], score: whole - together, reading: reading(whole, together, effects) });
  }
  return joints.toReversed();
}
