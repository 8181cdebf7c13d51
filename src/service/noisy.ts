import type { StoredEvaluation } from '../core/evaluations.ts';
import { createRng } from '../core/rng.ts';
import { parentsOf } from '../core/parents.ts';
import { bySample } from '../core/sampling/group.ts';
import { type Noise, withNoise } from '../core/sampling/noise.ts';
import type { Attribution, Game, Method, Scorer, Values } from '../core/types.ts';
import type { Samples } from './drive.ts';
import { fitted } from './fitted.ts';
import type { Plan } from './plan.ts';
import type { Shown } from './shown.ts';

/** A method as it was played, for playing it again on noisy values. */
export interface NoisedGame {
  method: Method;
  own: boolean;
  options: unknown;
  calls: number;
  game: () => Game;
  seed: number;
  /** Whether noise can be told: not where a method went through stages and is neither a regression nor differences. */
  told: boolean;
}

export interface NoisyInput extends NoisedGame {
  scorer: Scorer;
  evaluations: readonly StoredEvaluation[];
  /** Values of every sample of masks, [mask][sample][target]. */
  score: (samples: readonly Samples[]) => readonly Values[];
  attributions: readonly Attribution[];
}

/** The game of a job's last cut, for its own method. */
export function noisedGame(plan: Plan, { units, leaves }: Shown, { columns, weights }: Pick<Game, 'columns' | 'weights'>): NoisedGame {
  const { method, methodOptions: options, methodCalls: calls, request } = plan;
  const game = (): Game => ({ n: leaves.length, columns, weights, parents: parentsOf(units, leaves), rng: createRng(request.seed, 'method') });
  const told = plan.ladder === null || method.fit !== undefined || method.differences !== undefined;
  return { method, own: true, options, calls, game, seed: request.seed, told };
}

/** Attributions with the noise of sampled answers in their intervals; as they were, where no answers were sampled. */
export function noisy({ scorer, evaluations, score, attributions, seed, told, ...played }: NoisyInput): { attributions: readonly Attribution[]; noise: Noise | null } {
  const asked = bySample(evaluations);
  const sampled = asked.some(({ outcomes }) => outcomes.length > 1);
  if (scorer.needs !== 'text' || !sampled || !told) return { attributions, noise: null };
  const values = score(asked.map(({ outcomes }) => outcomes));
  return withNoise({
    method: played.method,
    options: played.options,
    game: played.game(),
    masks: asked.map(({ mask, role }, row) => ({ mask, fitted: role === 'method', samples: values[row] ?? [] })),
    attributions,
    play: (columns, weights, noised) => fitted({ ...played, game: () => ({ ...played.game(), columns, weights }), seen: asked, values: noised }),
    rate: scorer.rate ?? false,
    rng: createRng(seed, 'noise'),
  });
}
