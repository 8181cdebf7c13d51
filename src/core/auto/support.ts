import { onHeap } from '../kernel/heap.ts';
import type { Moments } from '../moments.ts';
import { makeOdds, type Odds } from './odds.ts';
import { Projection } from './projection.ts';

/** Features at most, and rows for each at least. */
const MOST = 24;
const ROWS_EACH = 2;
/** Steps that the way in goes on after the best set so far. */
const BEYOND = 4;
/** Moves to a likelier set at most; each raises the odds, so there is an end in any case. */
const MOVES = 100;
/** A gain in log odds below this is rounding. */
const GAIN = 1e-9;
/** Probabilities below this are not worth their sums. */
const FAINT = 1e-9;
/** What is below that by this factor (its logarithm) is so whatever the rounding. */
const SURELY = 0.01;
/** Features less probable than this get no weight, so that a game without noise has exact zeros. */
const EXCLUDED = 1e-3;

/** A set near the likeliest with this feature let in, which has coefficient `mean` there and variance `own` beside the others. */
export interface Rival {
  feature: number;
  probability: number;
  mean: number;
  own: number;
}

/** The likeliest set of features, and how likely it and its neighbours are beside each other. */
export interface Support {
  fit: Projection;
  /** Posterior mean of each coefficient over these sets; exactly 0 where it is practically excluded. */
  weights: Float64Array;
  /** Posterior probability that the coefficient is not 0. */
  inclusion: Float64Array;
  rivals: Rival[];
}

/**
 * Which few features explain the values: the set of largest posterior probability that adding, dropping and exchanging
 * single features leads to, from the better of forward selection and `starts`; coefficients are averaged over that set
 * and all that are one such step away (the neighbourhood of the mode holds nearly all of the probability where there is
 * much to be seen; Hans, Dobra and West 2007). Where nothing disturbs the values it gives the exact set.
 */
export function support(data: Moments, starts: readonly (readonly number[])[] = []): Support {
  return onHeap(() => {
    const found = likeliest(data, starts, true);
    return { ...found, fit: found.fit.kept() };
  });
}

/** `support` without the set itself, which is much of what it gives. */
export function supportWeights(data: Moments, starts: readonly (readonly number[])[]): Float64Array {
  return onHeap(() => likeliest(data, starts, false).weights);
}

/** @param all whether the rivals are asked for */
function likeliest(data: Moments, starts: readonly (readonly number[])[], all: boolean): Support {
  const size = data.pull.length;
  const odds = makeOdds(data.rows, size, data.power);
  const none = Projection.of(data);
  const most = Math.min(size, MOST, Math.floor(data.rows / ROWS_EACH) - 1);
  if (data.power === 0 || most < 1) {
    const nothing = new Float64Array(size);
    return { fit: none, weights: nothing, inclusion: nothing.slice(), rivals: [] };
  }
  let best = wayIn(none, odds, most);
  for (const start of starts) {
    const other = none.first(0);
    for (const j of start) if (other.members.length < most && other.free(j)) other.add(j);
    if (odds.of(other.members.length, other.left) > odds.of(best.members.length, best.left)) best = other;
  }
  let smaller = oneLess(best);
  for (let move = 0; move < MOVES; move++) {
    const next = likelier(odds, best, smaller, most);
    if (!next) break;
    best = next;
    smaller = oneLess(best);
  }
  return averaged(size, odds, best, smaller, most, all);
}

/** The set without each of its members in turn. */
function oneLess(fit: Projection): Projection[] {
  return fit.members.map((_, at) => fit.without(at));
}

/** Forward selection, and of its steps the likeliest. */
function wayIn(none: Projection, odds: Odds, most: number): Projection {
  const fit = none.first(0);
  let [best, count] = [odds.of(0, fit.left), 0];
  while (fit.members.length < Math.min(most, count + BEYOND)) {
    const next = fit.best();
    if (next < 0) break;
    fit.add(next);
    const own = odds.of(fit.members.length, fit.left);
    if (own > best + GAIN) [best, count] = [own, fit.members.length];
  }
  return fit.first(count);
}

/** The likeliest set that is one feature away, null when none is likelier. */
function likelier(odds: Odds, fit: Projection, smaller: readonly Projection[], most: number): Projection | null {
  const count = fit.members.length;
  let best = { odds: odds.of(count, fit.left) + GAIN, set: null as (() => Projection) | null };
  const offer = (own: number, set: () => Projection): void => {
    if (own > best.odds) best = { odds: own, set };
  };
  const next = count < most ? fit.best() : -1;
  if (next >= 0) offer(odds.of(count + 1, fit.left - fit.gain(next)), () => fit.first(count).add(next));
  smaller.forEach((base, at) => {
    offer(odds.of(count - 1, base.left), () => base);
    const other = base.best(fit.members[at]);
    if (other >= 0) offer(odds.of(count, base.left - base.gain(other)), () => base.first(count - 1).add(other));
  });
  return best.set && best.set();
}

/** Averages over the set `fit`, the sets with one feature more, one less, and one exchanged. */
function averaged(size: number, odds: Odds, fit: Projection, smaller: readonly Projection[], most: number, all: boolean): Support {
  const weights = new Float64Array(size);
  const inclusion = new Float64Array(size);
  const rivals: Rival[] = [];
  const count = fit.members.length;
  const top = odds.of(count, fit.left);
  let total = 0;
  // All sets that are `base` itself (of mass `plain`) or `base` with one feature more.
  const take = (base: Projection, plain: number, room: boolean, except: number): void => {
    const { own, pull, left } = base;
    const number = base.members.length + 1;
    const coefficients = base.back(base.shares);
    const features: number[] = [];
    const gains: number[] = [];
    let mass = plain;
    const end = room ? size : 0;
    const oddsOf = odds.among(number);
    // Most features explain so little that they are known to be faint without a look at their odds.
    const faint = odds.leaving(number, top + Math.log(FAINT) - SURELY);
    for (let j = 0; j < end; j++) {
      const rest = left - base.gain(j);
      if (rest > faint || j === except || !base.free(j)) continue;
      const probability = Math.exp(oddsOf(rest) - top);
      if (probability < FAINT) continue;
      const varies = own[j] as number;
      const mean = (pull[j] as number) / varies;
      mass += probability;
      if (all) rivals.push({ feature: j, probability, mean, own: varies });
      weights[j] = (weights[j] as number) + probability * mean;
      inclusion[j] = (inclusion[j] as number) + probability;
      features.push(j);
      gains.push(probability * mean);
    }
    const correction = base.back(base.lifted.map((row) => weighted(row, features, gains)));
    base.members.forEach((j, at) => {
      weights[j] = (weights[j] as number) + mass * (coefficients[at] as number) - (correction[at] as number);
      inclusion[j] = (inclusion[j] as number) + mass;
    });
    total += mass;
  };
  take(fit, 1, count < most, -1);
  smaller.forEach((base, at) => take(base, Math.exp(odds.of(count - 1, base.left) - top), true, fit.members[at] as number));
  for (let j = 0; j < size; j++) {
    weights[j] = (weights[j] as number) / total;
    inclusion[j] = (inclusion[j] as number) / total;
    if ((inclusion[j] as number) < EXCLUDED) weights[j] = 0;
  }
  return { fit, weights, inclusion, rivals: rivals.map(({ feature, probability, mean, own }) => ({ feature, probability: probability / total, mean, own })) };
}

/** Σ weights[at]·values[places[at]]. */
function weighted(values: Float64Array, places: readonly number[], weights: readonly number[]): number {
  let sum = 0;
  for (let at = 0; at < places.length; at++) sum += (weights[at] as number) * (values[places[at] as number] as number);
  return sum;
}
