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
  const size = data.pull.length;
  const odds = makeOdds(data.rows, size, data.power);
  const most = Math.min(size, MOST, Math.floor(data.rows / ROWS_EACH) - 1);
  if (data.power === 0 || most < 1) {
    const nothing = new Float64Array(size);
    return { fit: new Projection(data), weights: nothing, inclusion: nothing.slice(), rivals: [] };
  }
  let best = wayIn(data, odds, most);
  for (const start of starts) {
    const other = new Projection(data);
    for (const j of start) if (other.members.length < most && other.free(j)) other.add(j);
    if (odds(other.members.length, other.left) > odds(best.members.length, best.left)) best = other;
  }
  for (let move = 0; move < MOVES; move++) {
    const next = likelier(data, odds, best, most);
    if (!next) break;
    best = next;
  }
  return averaged(data, odds, best, most);
}

/** The free feature that explains most beside the members, −1 when there is none. */
function bestFree(fit: Projection, except = -1): number {
  let [best, most] = [-1, 0];
  for (let j = 0; j < fit.pull.length; j++) {
    if (j === except || !fit.free(j)) continue;
    const gain = fit.gain(j);
    if (gain > most) [best, most] = [j, gain];
  }
  return best;
}

/** Forward selection, and of its steps the likeliest. */
function wayIn(data: Moments, odds: Odds, most: number): Projection {
  const fit = new Projection(data);
  let [best, count] = [odds(0, fit.left), 0];
  while (fit.members.length < Math.min(most, count + BEYOND)) {
    const next = bestFree(fit);
    if (next < 0) break;
    fit.add(next);
    const own = odds(fit.members.length, fit.left);
    if (own > best + GAIN) [best, count] = [own, fit.members.length];
  }
  return new Projection(data, fit.members.slice(0, count));
}

/** The likeliest set that is one feature away, null when none is likelier. */
function likelier(data: Moments, odds: Odds, fit: Projection, most: number): Projection | null {
  const count = fit.members.length;
  let best = { odds: odds(count, fit.left) + GAIN, members: null as number[] | null };
  const offer = (own: number, members: () => number[]): void => {
    if (own > best.odds) best = { odds: own, members: members() };
  };
  const next = count < most ? bestFree(fit) : -1;
  if (next >= 0) offer(odds(count + 1, fit.left - fit.gain(next)), () => [...fit.members, next]);
  for (const gone of fit.members) {
    const rest = fit.members.filter((j) => j !== gone);
    const base = new Projection(data, rest);
    offer(odds(count - 1, base.left), () => rest);
    const other = bestFree(base, gone);
    if (other >= 0) offer(odds(count, base.left - base.gain(other)), () => [...rest, other]);
  }
  return best.members && new Projection(data, best.members);
}

/** Averages over the set `fit`, the sets with one feature more, one less, and one exchanged. */
function averaged(data: Moments, odds: Odds, fit: Projection, most: number): Support {
  const size = data.pull.length;
  const weights = new Float64Array(size);
  const inclusion = new Float64Array(size);
  const rivals: Rival[] = [];
  const count = fit.members.length;
  const top = odds(count, fit.left);
  let total = 0;
  // All sets that are `base` itself (of mass `plain`) or `base` with one feature more.
  const take = (base: Projection, plain: number, room: boolean, except: number): void => {
    const coefficients = base.back(base.shares);
    const moved = new Float64Array(base.members.length);
    let mass = plain;
    const end = room ? size : 0;
    for (let j = 0; j < end; j++) {
      if (j === except || !base.free(j)) continue;
      const probability = Math.exp(odds(base.members.length + 1, base.left - base.gain(j)) - top);
      if (probability < FAINT) continue;
      const own = base.own[j] as number;
      const mean = (base.pull[j] as number) / own;
      mass += probability;
      rivals.push({ feature: j, probability, mean, own });
      weights[j] = (weights[j] as number) + probability * mean;
      inclusion[j] = (inclusion[j] as number) + probability;
      base.lifted.forEach((row, at) => (moved[at] = (moved[at] as number) + probability * mean * (row[j] as number)));
    }
    const correction = base.back(moved);
    base.members.forEach((j, at) => {
      weights[j] = (weights[j] as number) + mass * (coefficients[at] as number) - (correction[at] as number);
      inclusion[j] = (inclusion[j] as number) + mass;
    });
    total += mass;
  };
  take(fit, 1, count < most, -1);
  for (const gone of fit.members) {
    const base = new Projection(data, fit.members.filter((j) => j !== gone));
    take(base, Math.exp(odds(count - 1, base.left) - top), true, gone);
  }
  for (let j = 0; j < size; j++) {
    weights[j] = (weights[j] as number) / total;
    inclusion[j] = (inclusion[j] as number) / total;
    if ((inclusion[j] as number) < EXCLUDED) weights[j] = 0;
  }
  return { fit, weights, inclusion, rivals: rivals.map((rival) => ({ ...rival, probability: rival.probability / total })) };
}
