import { areCoins, coinMoments } from './coins.ts';
import { descend } from './descent.ts';
import { moments, sums, type Moments } from './moments.ts';

/** One part of a cross-validation: what is learnt from, and the rows that are kept back. */
export interface Fold {
  learnt: Moments;
  held: readonly number[];
}

/**
 * `count` folds over the rows of x ([row][feature]); fewer when there are fewer rows. Rows go round in turn: they are
 * independent draws already, so shuffling them would add nothing but a seed.
 * @param narrow folds of the same rows and values, of the first features only, where those are there already
 */
export function makeFolds(x: readonly Float64Array[], y: ArrayLike<number>, count: number, narrow: readonly Fold[] = []): Fold[] {
  const coins = areCoins(x);
  const all = coins ? null : sums(x, y, x.keys());
  return Array.from({ length: Math.min(count, x.length) }, (_, turn) => {
    const [held, others]: [number[], number[]] = [[], []];
    for (let row = 0; row < x.length; row++) (row % count === turn ? held : others).push(row);
    return { learnt: all ? moments(all, sums(x, y, held)) : coinMoments(x, y, others, narrow[turn]?.learnt), held };
  });
}

/** Intercept that goes with the coefficients `w`. */
export function interceptOf({ centre, means }: Moments, w: Float64Array): number {
  let intercept = centre;
  for (let j = 0; j < w.length; j++) if (w[j] !== 0) intercept -= (w[j] as number) * (means[j] as number);
  return intercept;
}

/** y − prediction for one row. */
export function residualOf(row: Float64Array, seen: number, w: Float64Array, intercept: number): number {
  let residual = seen - intercept;
  for (let j = 0; j < w.length; j++) if (w[j] !== 0) residual -= (w[j] as number) * (row[j] as number);
  return residual;
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
  const most = Math.max(0, ...folds.flatMap(({ learnt }) => Array.from(learnt.pull, Math.abs)));
  const walking = folds.map(({ learnt }) => new Float64Array(learnt.means.length));
  let best: PathChoice = { alpha: most, weights: walking.map((w) => w.slice()) };
  let least = Infinity;
  for (let step = 0, since = 0; step < STEPS && since <= PATIENCE; step++) {
    const alpha = most * DEPTH ** (step / (STEPS - 1));
    let squares = 0;
    folds.forEach(({ learnt, held }, at) => {
      const w = descend(learnt, alpha, walking[at] as Float64Array, 1e-3);
      const intercept = interceptOf(learnt, w);
      for (const row of held) squares += residualOf(x[row] as Float64Array, y[row] as number, w, intercept) ** 2;
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
