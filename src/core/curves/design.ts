import { type Rng, shuffle } from '../rng.ts';
import type { Mask } from '../types.ts';
import { MaskList } from './masklist.ts';
import { byScore } from './order.ts';
import type { Check, CheckSpec } from './spec.ts';
import { crossing, curveSteps, headSteps, sharesOf } from './steps.ts';

/** One walk along an order: after so many units, at this share of the text, the mask in this row. Starts at 0. */
export interface Walk {
  counts: readonly number[];
  shares: readonly number[];
  rows: readonly number[];
}

/** A curve by score and what it is held against; the baselines go no further than the area counts. */
export interface Walks {
  score: Walk;
  reverse: Walk;
  random: readonly Walk[];
}

export interface TopK {
  k: number;
  row: number;
  /** As many units from the front of each random order. */
  random: readonly number[];
}

/** The highest units that stand for the explanation, alone or taken away. */
export interface Rationale {
  /** Positions among the perturbable units, the highest first. */
  units: readonly number[];
  /** Share of the text. */
  size: number;
  row: number;
}

/** All masks that the checks need, each once, and where each figure finds its own. Parts that were not asked are null. */
export interface CheckDesign {
  masks: readonly Mask[];
  n: number;
  full: number;
  empty: number;
  deletion: Walks | null;
  insertion: Walks | null;
  topK: readonly TopK[] | null;
  sufficiency: Rationale | null;
  necessity: Rationale | null;
}

type RowOf = (units: readonly number[]) => number;

function walk(order: readonly number[], weights: ArrayLike<number>, stepsOf: (shares: readonly number[]) => number[], rowOf: RowOf): Walk {
  const shares = sharesOf(order, weights);
  const counts = stepsOf(shares);
  return { counts, shares: counts.map((count) => shares[count] as number), rows: counts.map((count) => rowOf(order.slice(0, count))) };
}

/**
 * The fewest highest units that hold a fifth of the text, without those that speak against the target; at least one.
 * A share of the text and not a number of units, as in ERASER (DeYoung et al. 2020), so that it means the same for
 * sentences and for words.
 */
function rationale(order: readonly number[], scores: ArrayLike<number>, weights: ArrayLike<number>): { units: number[]; size: number } {
  const shares = sharesOf(order, weights);
  const helping = order.filter((at) => (scores[at] as number) > 0).length;
  const k = Math.max(1, Math.min(crossing(shares), helping));
  return { units: order.slice(0, k), size: shares[k] as number };
}

/**
 * What to ask to check one target's scores.
 * @param scores  one per perturbable unit, NaN where there is none
 * @param weights positive, one per unit: its share of the axis
 * @param rng     draws the random orders
 */
export function checkDesign(scores: ArrayLike<number>, weights: ArrayLike<number>, spec: CheckSpec, rng: Rng): CheckDesign {
  const n = weights.length;
  const list = new MaskList();
  const lacking: RowOf = (units) => list.lacking(n, units);
  const having: RowOf = (units) => list.having(n, units);
  const order = byScore(scores);
  const random = Array.from({ length: spec.baselines }, () => shuffle(order.toSorted((a, b) => a - b), rng));
  const asked = (check: Check) => spec.checks.includes(check);
  const walks = (rowOf: RowOf): Walks => ({
    score: walk(order, weights, curveSteps, rowOf),
    reverse: walk(order.toReversed(), weights, headSteps, rowOf),
    random: random.map((one) => walk(one, weights, headSteps, rowOf)),
  });
  const top = rationale(order, scores, weights);
  return {
    masks: list.masks,
    n,
    full: lacking([]),
    empty: having([]),
    deletion: asked('deletion') ? walks(lacking) : null,
    insertion: asked('insertion') ? walks(having) : null,
    topK: asked('top_k') ? spec.topK.map((k) => ({ k, row: lacking(order.slice(0, k)), random: random.map((one) => lacking(one.slice(0, k))) })) : null,
    sufficiency: asked('sufficiency') ? { ...top, row: having(top.units) } : null,
    necessity: asked('necessity') ? { ...top, row: lacking(top.units) } : null,
  };
}
