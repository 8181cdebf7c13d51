import { normalCdf, normalQuantile } from '../normal.ts';
import type { Pair } from './pairs.ts';
import type { Support } from './support.ts';

/** An effect below this share of the largest does not matter, and effects that differ by less are alike. */
const MINOR = 0.2;
/** So many equal values say that nothing changes them: what only many units together do, fewer masks would rarely show. */
const SILENT = 24;
/** Who allows more evaluations than this gets more certainty, up to twice as many. */
const PLENTY = 64;
const MOST_CAREFUL = 2;
/** Powers of the share of the budget that is spent, and of the budget beyond 64; chosen on games of other seeds than the benchmark's. */
const SPENDING = 6;
const CARE = 4;
/** The limit at the end, over that at half of the budget. */
const LATEST = 2;

/** What the decision to stop rests on: the sparse model of `rows` half masks. */
export interface Evidence {
  rows: number;
  /** Which unit each of the first features is; after them come products of two, then groups. */
  units: readonly number[];
  /** The products, in the order of their features. */
  pairs: readonly Pair[];
  support: Support;
  /** Mean squared error of such a model on rows that it did not see. */
  unseen: number;
}

/**
 * Whether more masks would hardly change what is said, by the posterior of the sparse model. Both must hold:
 * - of the features that are in and not minor, and those left out that would not be minor, the expected number that is
 *   on the wrong side is at most a limit times the number in (a bound on the expected share of wrong decisions, as
 *   Bayesian false discovery rates are: Müller, Parmigiani, Robert and Rousseau 2004). The limit is 1 − confidence when
 *   half of `most` is spent, much less before and up to twice that after it, and less with more than 64 of `most`;
 * - the `top` largest units and the next are in the right order at that confidence, all steps at once, up to differences
 *   below a fifth of the largest effect (an indifference zone, Bechhofer 1954: near ties would never be settled).
 * Nothing in the model settles nothing, unless the values never changed.
 */
export function settled(evidence: Evidence, top: number, confidence: number, most: number): boolean {
  const { fit } = evidence.support;
  if (fit.members.length === 0) return fit.left === 0 && evidence.rows >= SILENT;
  // A group's effect says nothing of the order of its units.
  if (fit.members.some((j) => j >= evidence.units.length + evidence.pairs.length)) return false;
  return doubt(evidence) <= (1 - confidence) * patience(evidence.rows, most) && ordered(evidence, top, confidence);
}

/**
 * How much of 1 − confidence may be doubtful after `rows` of `most` evaluations. An early stop saves most and is wrong
 * most often, so errors are spent late, as in group sequential trials (an error-spending function, Lan and DeMets 1983).
 */
export function patience(rows: number, most: number): number {
  const budget = Math.min(most, MOST_CAREFUL * PLENTY);
  return Math.min(LATEST, ((2 * rows) / budget) ** SPENDING) * Math.min(1, PLENTY / budget) ** CARE;
}

/** The expected number of features on the wrong side, as a share of those in the set, of which there is at least one. */
function doubt(evidence: Evidence): number {
  const { fit, inclusion, rivals } = evidence.support;
  const sizes = fit.back(fit.shares).map(Math.abs);
  const zone = MINOR * Math.max(...sizes);
  const noise = noiseOf(evidence);
  const members = new Set(fit.members);
  let wrong = 0;
  fit.members.forEach((j, at) => (wrong += (sizes[at] as number) < zone ? 0 : 1 - (inclusion[j] as number)));
  for (const { feature, probability, mean, own } of rivals) {
    if (!members.has(feature)) wrong += probability * beyond(zone, mean, Math.sqrt(noise / own));
  }
  return wrong / members.size;
}

/** Whether the `top` largest units and the next are in the right order, up to near ties. */
function ordered(evidence: Evidence, top: number, confidence: number): boolean {
  const { fit } = evidence.support;
  const coefficients = fit.back(fit.shares);
  const size = (at: number): number => Math.abs(coefficients[at] as number);
  const zone = MINOR * Math.max(...coefficients.map(Math.abs));
  const noise = noiseOf(evidence);
  const singles = fit.members.flatMap((j, at) => (j < evidence.units.length ? [at] : []));
  const order = singles.sort((i, j) => size(j) - size(i));
  const steps = Math.min(top, order.length - 1);
  const reach = -normalQuantile((1 - confidence) / Math.max(1, steps));
  const inverse = fit.inverse();
  for (let place = 0; place < steps; place++) {
    const [i, j] = [order[place] as number, order[place + 1] as number];
    const signs = Math.sign(coefficients[i] as number) * Math.sign(coefficients[j] as number);
    const spread = (inverse[i]?.[i] ?? 0) + (inverse[j]?.[j] ?? 0) - 2 * signs * (inverse[i]?.[j] ?? 0);
    if (size(i) - size(j) + zone <= reach * Math.sqrt(noise * spread)) return false;
  }
  return true;
}

/** Variance of the mean of the rows' noise. A set that changes with the rows predicts unseen ones worse than its own residuals say. */
function noiseOf({ rows, support: { fit }, unseen }: Evidence): number {
  return Math.max((fit.left * rows) / Math.max(1, rows - 1 - fit.members.length), unseen) / rows;
}

/** P(|X| ≥ zone) of a normal X. */
function beyond(zone: number, mean: number, deviation: number): number {
  if (deviation === 0) return Math.abs(mean) >= zone ? 1 : 0;
  return normalCdf((mean - zone) / deviation) + normalCdf((-mean - zone) / deviation);
}
