import type { StoredEvaluation } from '../core/evaluations.ts';
import { createRng } from '../core/rng.ts';
import { bySample } from '../core/sampling/group.ts';
import { type Noise, withNoise } from '../core/sampling/noise.ts';
import type { Attribution, Game, Method, Scorer, Values } from '../core/types.ts';
import type { Samples } from './drive.ts';
import { fitted } from './fitted.ts';

export interface NoisyInput {
  method: Method;
  own: boolean;
  options: unknown;
  calls: number;
  game: () => Game;
  scorer: Scorer;
  evaluations: readonly StoredEvaluation[];
  /** Values of every sample of masks, [mask][sample][target]. */
  score: (samples: readonly Samples[]) => readonly Values[];
  attributions: readonly Attribution[];
  seed: number;
}

/** Attributions with the noise of sampled answers in their intervals; as they were, where no answers were sampled. */
export function noisy({ scorer, evaluations, score, attributions, seed, ...played }: NoisyInput): { attributions: readonly Attribution[]; noise: Noise | null } {
  const asked = bySample(evaluations);
  const sampled = asked.some(({ outcomes }) => outcomes.length > 1);
  if (scorer.needs !== 'text' || !sampled) return { attributions, noise: null };
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
