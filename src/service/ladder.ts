import { apart } from '../contract/levels.ts';
import type { Choice } from '../contract/parts.ts';
import type { FilledRequest } from '../contract/request.ts';
import { rootsOf } from '../core/levels/branches.ts';
import type { Ladder } from '../core/levels/climb.ts';
import { firstFront, type Front, layOut } from '../core/levels/front.ts';
import { type Cut, cutsFor } from '../core/levels/levels.ts';
import { frontRenderer } from '../core/levels/renderer.ts';
import { stageSizes } from '../core/levels/sizes.ts';
import { perturbationOf } from '../core/perturbation.ts';
import { perturberById } from '../core/perturbers/index.ts';
import { createRenderer, type Renderer } from '../core/render.ts';
import { segmenterById } from '../core/segmenters/index.ts';
import { holdersOf } from '../core/slots.ts';
import type { Call, Unit } from '../core/types.ts';
import { unitsOf } from '../core/units.ts';

/** The units of a call as a job begins with them, and how it goes on from there. */
export interface Cutting {
  units: readonly Unit[];
  renderer: Renderer;
  /** null: one level. */
  ladder: Ladder | null;
  /** For the fronts that a job with levels goes through. */
  rendererOf(front: Front): Renderer;
}

/**
 * Cuts a call into units: by the segmenter, or into those of the first of the method's levels.
 * @throws ProblemError unsupported_call, invalid_pattern, validation_failed
 */
export function cutCall(request: FilledRequest, attribution: Choice, call: Call, maxUnits: number): Cutting {
  const segmenter = segmenterById(request.segmenter.id);
  const perturber = perturberById(request.perturber.id);
  const perturb = (units: readonly Unit[]) => perturbationOf(perturber, units, request.perturber.options);
  const rendererOf = (front: Front): Renderer => frontRenderer(call, front, perturb);
  const { levels, refine } = apart(attribution.options);
  if (!levels) {
    const holders = holdersOf(call);
    const units = unitsOf(call, (text) => segmenter.segment(text, request.segmenter.options), segmenter.level, holders);
    return { units, renderer: createRenderer(call, units, perturb(units), holders), ladder: null, rendererOf };
  }
  const cuts = cutsFor(levels, { segmenter, options: request.segmenter.options });
  const roots = rootsOf(call, cuts[0] as Cut);
  const front = firstFront(roots);
  const ladder: Ladder = { roots, cuts, refine, sizes: stageSizes(roots, cuts, refine), maxUnits };
  return { units: layOut(front).units, renderer: rendererOf(front), ladder, rendererOf };
}
