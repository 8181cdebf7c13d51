import type { Result, ResultAttribution } from '../contract/resource.ts';
import type { HeldOut } from '../core/faithfulness.ts';
import type { Noise } from '../core/sampling/noise.ts';
import type { AnyPlan } from './plan.ts';
import { sampleCall } from './repeats.ts';
import type { Setting } from './setting.ts';

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** Noise as the contract shows it. */
export function publicNoise(repeats: number, { reference, floor }: Noise): NonNullable<Result['noise']> {
  return {
    repeats,
    reference: reference.map(({ samples, mean, sd, interval }) => ({
      samples,
      mean: finite(mean),
      sd: finite(sd),
      interval: interval && [interval[0], interval[1]],
    })),
    floor: floor.map(finite),
  };
}

/** What a reader should know of how answers were sampled, or why they were not. */
export function samplingNotes(plan: AnyPlan, setting: Setting): string[] {
  const { repeats: asked } = plan.request.scorer.options as { repeats?: number | null };
  if (setting.question.kind === 'weigh') {
    return typeof asked === 'number' && asked > 1 ? ['`repeats` was not used: a given completion is weighed, which samples nothing.'] : [];
  }
  if (!plan.noisy) return [];
  const { call } = plan;
  const seeded = sampleCall(call, 1) !== call;
  return [
    ...(seeded ? ['The call has a `seed`: each further sample was asked with another one, or all would be the same answer.'] : []),
    ...(plan.references < 2 ? ['The budget left no room to sample the unchanged call, so the noise of its answers may not be known.'] : []),
  ];
}

const HIDDEN = {
  sampling: 'No score can be told from zero: answers to one and the same call differ as much. Raise `repeats`, or lower the temperature.',
  weighing: 'No score can be told from zero: the server weighs one and the same call as differently (`scorer.noise_floor`).',
} as const;

/** Says so where noise hides every score of the first target: that of sampled answers, or that of weighing. */
export function overshadowed<F extends HeldOut>(found: F, first: ResultAttribution | undefined, noise: { by: keyof typeof HIDDEN; floor?: number | undefined }): F {
  const scores = first?.scores.filter((score) => score !== null) ?? [];
  const hidden = noise.by === 'sampling' ? first?.indistinguishable.length === scores.length : (noise.floor ?? 0) > 0 && scores.every((score) => Math.abs(score) <= (noise.floor ?? 0));
  if (scores.length === 0 || !hidden) return found;
  const reason = HIDDEN[noise.by];
  return { ...found, reasons: [...found.reasons, reason] };
}
