import type { StoredEvaluation } from '../core/evaluations.ts';
import { key as maskKey } from '../core/masks.ts';
import type { Attribution, Game, Mask, Method, Values } from '../core/types.ts';
import { faultAt } from '../errors.ts';
import { replay } from './drive.ts';

class Missing extends Error {}

export interface Fitting {
  method: Method;
  /** Whether it is the method of the job, with its options. */
  own: boolean;
  options: unknown;
  /** What the method might ask at most. */
  calls: number;
  /** A new one for every run, since a run uses up its random numbers. */
  game: () => Game;
  seen: readonly Pick<StoredEvaluation, 'mask' | 'role'>[];
  /** Masks, the first ones, of stages before the units were all cut (Game.coarse). */
  coarse?: number;
  /** One row per mask that was seen. */
  values: Values;
}

/**
 * The job's own numbers for the job's own targets: a regression whose fit to all that it asked is its result (`refits`)
 * is fitted to what is stored, any other method is replayed on it. Where it would ask for more (another method, an
 * adaptive one led elsewhere by other targets) a regression fits whatever masks there are, and the method of a job that
 * was stopped early does without.
 * @throws ProblemError evaluations_missing
 */
export function fitted({ method, own, options, calls, game, seen, values, coarse = 0 }: Fitting): readonly Attribution[] {
  const found = new Map(seen.map(({ mask }, row) => [maskKey(mask), values[row] ?? blank(game())]));
  const lookUp = (mask: Mask) => found.get(maskKey(mask)) ?? null;
  const missing = (): never => {
    throw new Missing();
  };
  const fit = method.fit && ((): readonly Attribution[] => {
    const asked = seen.filter(({ role }) => role === 'method').map(({ mask }) => mask);
    return method.fit?.({ ...game(), coarse }, asked, asked.map((mask) => lookUp(mask) ?? blank(game())), options) ?? [];
  });
  if (method.refits && fit) return fit();
  try {
    return replay(method, game(), options, calls, lookUp, missing).attributions;
  } catch (error) {
    if (!(error instanceof Missing)) throw error;
  }
  if (fit) return fit();
  if (own) return replay(method, game(), options, calls, (mask) => lookUp(mask) ?? blank(game()), missing).attributions;
  throw faultAt('evaluations_missing', '/method', `the stored evaluations lack masks that ${method.id} needs: fit with the method of the job, or submit a new one`);
}

const blank = ({ columns }: Game) => new Float64Array(columns).fill(NaN);
