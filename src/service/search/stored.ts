import type { StoredEvaluations } from '../../core/evaluations.ts';
import type { Basis, Mask } from '../../core/types.ts';
import type { Counsel } from '../counsel.ts';
import type { SearchPlan } from '../plan.ts';
import type { Scoring } from '../scoring.ts';
import { shownEdits } from './shown.ts';
import type { Tries } from './tries.ts';

interface StoringInput {
  plan: SearchPlan;
  basis: Basis;
  scoring: Scoring;
  counsel: Counsel;
}

/** What a search saw, as masks in which an edited unit counts as absent, with the edits beside them. */
export function storedTries({ plan, basis, scoring, counsel }: StoringInput, tries: Tries): StoredEvaluations {
  const { perturbable, n } = plan.renderer;
  const positions = new Map(Array.from(perturbable, (unit, position) => [unit, position]));
  return {
    n,
    completion: basis.reference,
    grid: basis.grid,
    weighed: basis.weighed,
    others: basis.others,
    opening: basis.opening,
    tokenNoise: basis.tokenNoise,
    needs: scoring.scorer.needs,
    evaluations: tries.log.map(({ draft, sample, outcome }) => {
      const edits = shownEdits(plan.seeking, draft);
      const mask: Mask = new Uint8Array(n).fill(1);
      for (const { unit } of edits) mask[positions.get(unit) ?? 0] = 0;
      return { mask, role: 'method', sample, outcome, edits };
    }),
    ...(scoring.scorer.consults ? { advice: { kinds: scoring.scorer.consults.kinds(scoring.options), numbers: counsel.said } } : {}),
  };
}
