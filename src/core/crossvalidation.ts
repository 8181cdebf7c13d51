import { areCoins, type CoinCounts, coinMoments, countCoins } from './coins.ts';
import { Descent } from './descent.ts';
import { onHeap } from './kernel/heap.ts';
import { moments, sums, type Moments } from './moments.ts';

/** As much of a fold as predictions need. */
export interface Levelled {
  learnt: Pick<Moments, 'centre' | 'means'>;
  held: readonly number[];
}

/** One part of a cross-validation: what is learnt from, and the rows that are kept back. */
export interface Fold {
  learnt: Moments;
  held: readonly number[];
}

/**
 * `count` folds over the rows of x ([row][feature]); fewer when there are fewer rows. Rows go round in turn: they are
 * independent draws already, so shuffling them would add nothing but a seed.
 */
export function makeFolds(x: readonly Float64Array[], y: ArrayLike<number>, count: number): Fold[] {
  if (areCoins(x)) return coinFolds(countCoins(x), y, count);
  const all = sums(x, y, x.keys());
  return heldInTurn(x.length, count).map((held) => ({ learnt: moments(all, sums(x, y, held)), held }));
}

/** `makeFolds` of features that are ±½. Inside `onHeap` they end with it: new memory costs more than what is put into it. */
export function coinFolds(counts: CoinCounts, y: ArrayLike<number>, count: number): Fold[] {
  return heldInTurn(counts.x.length, count).map((held) => ({ learnt: coinMoments(counts, y, held), held }));
}

/** The rows that each fold keeps back. */
function heldInTurn(rows: number, count: number): number[][] {
  const all = Array.from({ length: rows }, (_, row) => row);
  return Array.from({ length: Math.min(count, rows) }, (_, turn) => all.filter((row) => row % count === turn));
}

/** Intercept that goes with the coefficients `w`. */
export function interceptOf({ centre, means }: Pick<Moments, 'centre' | 'means'>, w: Float64Array): number {
  let intercept = centre;
  for (let j = 0; j < w.length; j++) if (w[j] !== 0) intercept -= (w[j] as number) * (means[j] as number);
  return intercept;
}

/** y − prediction for the rows at `at`, of x ([row][feature]). */
export function residualsOf(x: readonly Float64Array[], y: ArrayLike<number>, at: readonly number[], w: Float64Array, intercept: number): Float64Array {
  const features: number[] = [];
  for (let j = 0; j < w.length; j++) if (w[j] !== 0) features.push(j);
  const residuals = new Float64Array(at.length);
  for (let turn = 0; turn < at.length; turn++) {
    const values = x[at[turn] as number] as Float64Array;
    let residual = (y[at[turn] as number] as number) - intercept;
    for (const j of features) residual -= (w[j] as number) * (values[j] as number);
    residuals[turn] = residual;
  }
  return residuals;
}

export interface PathChoice {
  alpha: number;
  /** Coefficients at that α, one per fold. */
  weights: Float64Array[];
}

const STEPS = 30;
/** Smallest α of the path as a share of the largest, which lets no coefficient in. */
const DEPTH = 1e-3;
/** The path is left when this many further α's did not predict better. */
const PATIENCE = 5;

/**
 * The α of the lasso that predicts the rows kept back best, out of a geometric path from the α that lets nothing in.
 * All folds walk down the path together, each starting from its last coefficients.
 */
export function chooseAlpha(folds: readonly Fold[], x: readonly Float64Array[], y: ArrayLike<number>): PathChoice {
  return onHeap(() => walk(folds, x, y));
}

function walk(folds: readonly Fold[], x: readonly Float64Array[], y: ArrayLike<number>): PathChoice {
  const most = Math.max(0, ...folds.flatMap(({ learnt }) => Array.from(learnt.pull, Math.abs)));
  const descents = folds.map(({ learnt }) => new Descent(learnt));
  const walking = folds.map(({ learnt }) => new Float64Array(learnt.means.length));
  let best: PathChoice = { alpha: most, weights: walking.map((w) => w.slice()) };
  let least = Infinity;
  for (let step = 0, since = 0; step < STEPS && since <= PATIENCE; step++) {
    const alpha = most * DEPTH ** (step / (STEPS - 1));
    let squares = 0;
    folds.forEach(({ learnt, held }, at) => {
      const w = (descents[at] as Descent).to(alpha, walking[at] as Float64Array, 1e-3);
      for (const residual of residualsOf(x, y, held, w, interceptOf(learnt, w))) squares += residual ** 2;
    });
    since++;
    if (squares < least) {
      least = squares;
      since = 0;
      best = { alpha, weights: walking.map((w) => w.slice()) };
    }
  }
  return best;
}
