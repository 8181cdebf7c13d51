import type { Attribution, Finding, Game, Mask, Method, Outcome, Values } from '../core/types.ts';

/** The outcomes of a mask's samples, one where it is asked once; null = was not asked. */
export type Samples = readonly (Outcome | null)[];

/** What a method is played against: a batch of masks in, the samples of each out. */
export type Ask = (masks: readonly Mask[]) => Promise<readonly Samples[]>;

/** Samples to values, one row per mask and one column per target; what was not asked is NaN. Somebody may have to be asked about them. */
export type Score = (samples: readonly Samples[]) => Promise<Values>;

/** Told what a method would say if it had to stop now, one attribution per target. */
export type Tell = (soFar: readonly Attribution[]) => void;

/** Runs a method to its end. A stop or a spent budget shows as NaN values: the method fits what there is. */
export async function drive(method: Method, game: Game, options: unknown, calls: number, ask: Ask, score: Score, tell: Tell): Promise<Finding> {
  const run = method.run(game, options, calls);
  let step = run.next();
  while (!step.done) {
    if (step.value.soFar) tell(step.value.soFar);
    step = run.next(await score(await ask(step.value.masks)));
  }
  return step.value;
}

/** The same, from evaluations that are there already. `missing` is called for a mask that is not. */
export function replay(method: Method, game: Game, options: unknown, calls: number, lookUp: (mask: Mask) => Float64Array | null, missing: () => never): Finding {
  const run = method.run(game, options, calls);
  let step = run.next();
  while (!step.done) {
    step = run.next(step.value.masks.map((mask) => lookUp(mask) ?? missing()));
  }
  return step.value;
}
