import { climb, type ClimbInput, type StageRecord } from '../core/levels/climb.ts';
import { carrier, type Front } from '../core/levels/front.ts';
import { key } from '../core/masks.ts';
import { parentsOf } from '../core/parents.ts';
import { createRng } from '../core/rng.ts';
import type { Attribution, Finding, Game, Mask, Values } from '../core/types.ts';
import { type Ask, drive, type Samples, type Score } from './drive.ts';
import type { Evaluator } from './evaluator.ts';
import type { Plan } from './plan.ts';
import { plainly, type Shown, shownClimb } from './shown.ts';

export interface PlayInput {
  plan: Plan;
  columns: number;
  /** Tokens of each target. */
  weights: Float64Array;
  evaluator: Evaluator;
  ask: Ask;
  score: Score;
  /** Told what would be said if the job had to stop now; jobs with levels say nothing before their end. */
  tell: (shown: Shown, soFar: readonly Attribution[]) => void;
  /** Whether nothing more can be asked: the job was stopped, or its budget is spent. */
  ended: () => boolean;
}

export interface Played {
  /** Over the positions of the evaluator's masks. */
  finding: Finding;
  /** What the units are, and where the scores go among them. */
  shown: Shown;
  /** What was found before any unit was opened. */
  first: readonly Attribution[];
  /** Of a job with levels. */
  stages?: readonly StageRecord[];
}

/** What the stages of a job with levels have in common with a replay of them. */
export function climbInput({ plan, columns, weights }: Pick<PlayInput, 'plan' | 'columns' | 'weights'>): Omit<ClimbInput, 'ladder' | 'past'> {
  const { method, methodOptions: options, methodCalls: calls, heldOutCalls: spare, request } = plan;
  return { method, options, columns, weights, seed: request.seed, calls, spare };
}

const missed = (asked: readonly Samples[]): boolean => asked.some((samples) => samples.includes(null));

/** Masks that the method asked. */
function askedMasks(evaluator: Evaluator): number {
  return new Set(evaluator.log.filter(({ role }) => role === 'method').map(({ mask }) => key(mask))).size;
}

async function playLevels(input: PlayInput, ladder: NonNullable<Plan['ladder']>): Promise<Played> {
  const { plan, evaluator, ask, score, ended } = input;
  const run = climb({ ...climbInput(input), ladder, past: null });
  let front: Front | null = null;
  let step = run.next();
  while (step.done !== true) {
    const { value } = step;
    if (front && front !== value.front) evaluator.turnTo(plan.rendererOf(value.front), carrier(front, value.front));
    front = value.front;
    const asked = await ask(value.masks);
    step = run.next({ values: await score(asked), missing: false, evaluations: askedMasks(evaluator), ended: missed(asked) || ended() });
  }
  const { finding, first, stages } = step.value;
  return { finding, first, stages, shown: shownClimb(step.value) };
}

/** Plays the method to its end: once, or once for every level. */
export async function play(input: PlayInput): Promise<Played> {
  const { plan, columns, weights, ask, score, tell } = input;
  if (plan.ladder) return playLevels(input, plan.ladder);
  const { units, renderer, request } = plan;
  const game: Game = { n: renderer.n, columns, weights, parents: parentsOf(units, renderer.perturbable), rng: createRng(request.seed, 'method') };
  const shown = plainly(units, renderer.perturbable);
  const finding = await drive(plan.method, game, plan.methodOptions, plan.methodCalls, ask, score, (soFar) => tell(shown, soFar));
  return { finding, first: finding.attributions, shown };
}

/** Goes through the stages of a finished job again, with what it had evaluated. */
export function replayLevels(input: ClimbInput, valuesOf: (front: Front, mask: Mask) => Float64Array | null): ReturnType<typeof shownClimb> & { finding: Finding } {
  const run = climb(input);
  let step = run.next();
  while (step.done !== true) {
    const { front, masks } = step.value;
    const found = masks.map((mask) => valuesOf(front, mask));
    const values: Values = found.map((row) => row ?? new Float64Array(input.columns).fill(NaN));
    step = run.next({ values, missing: found.includes(null), evaluations: 0, ended: false });
  }
  return { ...shownClimb(step.value), finding: step.value.finding };
}
