import type { Perturber, Unit } from './types.ts';

/** What the renderer must know of a perturber. */
export interface Perturbation {
  /** What stands where a unit is absent, one per unit, fixed ones too; '' = nothing. */
  replacements: readonly string[];
  /** Whether the whitespace around what is taken away is mended. */
  repair: boolean;
  /** Stands in for a text that was lost altogether, where an endpoint refuses empty content. */
  emptyForm: string;
  /** Whether neighbouring replacements of one text become one. */
  collapse?: boolean;
}

/** The perturber applied to the units, ready for the renderer. */
export function perturbationOf<O>(perturber: Perturber<O>, units: readonly Unit[], options: O): Perturbation {
  return {
    replacements: perturber.replacements(units, options),
    repair: perturber.repair(options),
    emptyForm: perturber.emptyForm(options),
    collapse: perturber.collapse?.(options) ?? false,
  };
}
