import type { Contrast } from '../../contract/contrast.ts';
import type { Faithfulness, Result } from '../../contract/resource.ts';
import type { Sought } from '../../core/types.ts';
import { toPublicUnits } from '../../core/units.ts';
import type { SearchPlan } from '../plan.ts';
import { commonResult, type Ending } from '../result.ts';

export interface SearchEnding extends Ending {
  plan: SearchPlan;
  contrast: Contrast;
  stopped: Sought['stopped'];
  /** Value of the unchanged call. */
  whole: number;
}

const UNCHECKED = { holdout_r2: null, lds: null, checked: null, deletion: null, insertion: null, top_k: null, sufficiency: null, necessity: null };

/** A contrast was asked and its answer seen, so there is no fit to be checked: how far it can be relied upon is another matter. */
function faithfulnessOf({ contrast, plan, whole }: SearchEnding): Faithfulness {
  if (Number.isNaN(whole)) return { ...UNCHECKED, verdict: 'unusable', reasons: contrast.reasons };
  const seen = contrast.found ? ['The edited call was asked and its answer seen: nothing of it is estimated, so there is no fit to be checked.'] : [];
  const verdict = contrast.found && contrast.minimal && !plan.noisy ? 'good' : 'weak';
  return { ...UNCHECKED, verdict, reasons: [...seen, ...contrast.reasons] };
}

/** The result of a search as the contract shows it. */
export function assembleSearch(ending: SearchEnding): Result {
  const { plan, contrast, stopped } = ending;
  return {
    ...commonResult(ending, stopped),
    units: toPublicUnits(plan.units),
    attributions: [],
    noise: null,
    faithfulness: faithfulnessOf(ending),
    contrast,
    highlight: null,
  };
}
