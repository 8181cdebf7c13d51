import { studentReach } from '../core/student.ts';
import { targetTokens } from '../core/targets.ts';
import type { Attribution, Basis, Outcome, Target, TokenNoise } from '../core/types.ts';
import type { Scoring } from './scoring.ts';

/** The confidence of the intervals. */
const CONFIDENCE = 0.95;

type Weighed = Extract<Outcome, { kind: 'weighed' }>;
type Opened = Extract<Outcome, { kind: 'opened' }>;

/** Alternatives that two readings of a first token are compared by: what is behind them has next to no probability. */
const COMPARED = 5;

function differences([before, after]: readonly [Outcome, Outcome]): number[] {
  if (before.kind === 'weighed' && after.kind === 'weighed') {
    const known = Math.min(before.aligned?.known ?? before.logprobs.length, after.aligned?.known ?? after.logprobs.length);
    return Array.from(before.logprobs.subarray(0, known), (value, token) => value - (after.logprobs[token] ?? 0));
  }
  if (before.kind !== 'opened' || after.kind !== 'opened') return [];
  const later = new Map(after.top.map(({ token, logprob }) => [token, logprob]));
  return before.top.slice(0, COMPARED).flatMap(({ token, logprob }) => logprob - (later.get(token) ?? NaN)).filter(Number.isFinite);
}

/** How far one and the same call was off when it was asked twice, per token; undefined where nothing can be compared. */
export function noiseBetween(readings: readonly [Outcome, Outcome] | null): TokenNoise | undefined {
  const apart = readings ? differences(readings) : [];
  return apart.length === 0 ? undefined : { sd: Math.sqrt(apart.reduce((sum, each) => sum + each * each, 0) / apart.length), seen: apart.length };
}

/** Every token less probable by so much, and more so in the foils: what is compared with them is off by both. */
function off({ logprobs, others, ...rest }: Weighed, by: number): Weighed {
  return { ...rest, logprobs: logprobs.map((each) => each - by), ...(others ? { others: others.map((other) => other.map((each) => each + by)) } : {}) };
}

const most = (values: readonly number[]): number => values.reduce((high, each) => (each > high ? each : high), 0);

/**
 * How far two values of one and the same call can be apart by the server's arithmetic alone, in the unit of the values: one
 * per target, the most over all outcomes, at 95 % confidence. Errors of tokens are taken for independent, so a sum over T
 * tokens is off by √T times what one is: sd · t · √T nats, carried through the scorer; of alternatives of a first token each
 * moves the value by itself, and the squares add up. null where that is not known.
 */
export function weighingFloor({ scorer, options }: Scoring, basis: Basis, targets: readonly Target[], outcomes: readonly Outcome[]): number[] | null {
  const { grid, tokenNoise } = basis;
  if (!tokenNoise) return null;
  const reach = tokenNoise.sd * studentReach(CONFIDENCE, tokenNoise.seen);
  const valuesOf = (target: Target) => (seen: readonly Outcome[]) => scorer.score({ ...basis, targets: [target], outcomes: seen }, options).map((row) => row[0] ?? NaN);
  const weighed = outcomes.filter((outcome) => outcome.kind === 'weighed');
  if (grid && weighed.length > 0) {
    return targets.map((target) => {
      const { from, to } = basis.weighed === undefined ? targetTokens(target, grid) : { from: 0, to: grid.ends.length };
      const by = reach / Math.sqrt(Math.max(1, to - from));
      const value = valuesOf(target);
      const moved = value(weighed.map((outcome) => off(outcome, by)));
      return most(value(weighed).map((each, index) => Math.abs(each - (moved[index] ?? NaN))));
    });
  }
  const opened = outcomes.filter((outcome) => outcome.kind === 'opened');
  return opened.length === 0 ? null : targets.map((target) => openedFloor(opened, reach, valuesOf(target)));
}

/** As far as the value of one of these moves when each of its alternatives is off by so much. */
function openedFloor(opened: readonly Opened[], reach: number, value: (outcomes: readonly Outcome[]) => number[]): number {
  const before = value(opened);
  const squares = before.map(() => 0);
  for (let at = 0; at < Math.max(...opened.map(({ top }) => top.length)); at += 1) {
    const moved = opened.map((outcome) => ({ ...outcome, top: outcome.top.map((each, index) => (index === at ? { ...each, logprob: each.logprob - reach } : each)) }));
    value(moved).forEach((each, index) => (squares[index] = (squares[index] ?? 0) + (each - (before[index] ?? NaN)) ** 2));
  }
  return most(squares.map(Math.sqrt));
}

/** Positions of the scores that are no larger than the floor; none where there is no floor, or values repeat to the last bit. */
export function within({ scores }: Attribution, floor: number | undefined): ReadonlySet<number> {
  const inside = new Set<number>();
  if (floor !== undefined && floor > 0) scores.forEach((score, position) => Math.abs(score) <= floor && inside.add(position));
  return inside;
}
