import { studentReach } from '../core/student.ts';
import { targetTokens } from '../core/targets.ts';
import type { Attribution, Basis, Outcome, Target } from '../core/types.ts';
import type { Scoring } from './scoring.ts';

/** The confidence of the intervals. */
const CONFIDENCE = 0.95;

type Weighed = Extract<Outcome, { kind: 'weighed' }>;

/** Every token less probable by so much, and more so in the foils: what is compared with them is off by both. */
function off({ logprobs, others, ...rest }: Weighed, by: number): Weighed {
  return { ...rest, logprobs: logprobs.map((each) => each - by), ...(others ? { others: others.map((other) => other.map((each) => each + by)) } : {}) };
}

/**
 * How far two values of one and the same call can be apart by the server's arithmetic alone, in the unit of the values: one
 * per target, the most over all outcomes, at 95 % confidence. Errors of tokens are taken for independent, so a sum over T
 * tokens is off by √T times what one is: sd · t · √T nats, carried through the scorer. null where that is not known.
 */
export function weighingFloor({ scorer, options }: Scoring, basis: Basis, targets: readonly Target[], outcomes: readonly Outcome[]): number[] | null {
  const { grid, tokenNoise } = basis;
  const weighed = outcomes.filter((outcome) => outcome.kind === 'weighed');
  if (!grid || !tokenNoise || weighed.length === 0) return null;
  const reach = tokenNoise.sd * studentReach(CONFIDENCE, tokenNoise.seen);
  return targets.map((target) => {
    const { from, to } = basis.weighed === undefined ? targetTokens(target, grid) : { from: 0, to: grid.ends.length };
    const by = reach / Math.sqrt(Math.max(1, to - from));
    const value = (seen: readonly Outcome[]) => scorer.score({ ...basis, targets: [target], outcomes: seen }, options).map((row) => row[0] ?? NaN);
    const moved = value(weighed.map((outcome) => off(outcome, by)));
    const apart = value(weighed).map((each, index) => Math.abs(each - (moved[index] ?? NaN)));
    return apart.reduce((most, each) => (each > most ? each : most), 0);
  });
}

/** Positions of the scores that are no larger than the floor; none where there is no floor. */
export function within({ scores }: Attribution, floor: number | undefined): ReadonlySet<number> {
  const inside = new Set<number>();
  if (floor !== undefined) scores.forEach((score, position) => Math.abs(score) <= floor && inside.add(position));
  return inside;
}
