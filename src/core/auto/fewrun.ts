import { predict } from '../faithfulness.ts';
import { full, key, without } from '../masks.ts';
import { r2 } from '../statistics.ts';
import { everyMask, freshHalfMasks } from '../subsets.ts';
import type { Attribution, Game, Mask, Run } from '../types.ts';
import { everyPair, fitFewUnits } from './fewunits.ts';
import { checkMasks } from './checks.ts';
import { CHECKS, type Plan } from './limits.ts';

/** Share of the variance of unseen masks that units and pairs must explain to be enough. */
const ENOUGH = 0.95;

/** Evaluates a design of few units: all masks at once, or the small removals first and more when these do not suffice. */
export function* runFewUnits({ n, columns, rng }: Game, plan: Plan, earlyStop: boolean): Run {
  const removals = [full(n), ...Array.from({ length: n }, (_, i) => without(n, i))];
  if (plan.kind !== 'pairs') {
    const masks = plan.kind === 'exhaustive' ? everyMask(n) : removals;
    const values = yield { masks };
    return { attributions: fitFewUnits(n, masks, values, columns), stopped: plan.kind === 'exhaustive' ? 'done' : 'budget' };
  }
  const design = [...removals, ...everyPair(n).map((pair) => without(n, ...pair))];
  const taken = new Set(design.map(key));
  const checks = checkMasks(n, Math.min(CHECKS, plan.most - design.length), taken, rng);
  const masks: Mask[] = [...design, ...checks];
  const values = [...(yield { masks: masks.slice() })];
  const [first] = fitFewUnits(n, design, values.slice(0, design.length), 1);
  const seen = values.slice(design.length).map((row) => row[0] ?? Number.NaN);
  const soFar = fitFewUnits(n, masks, values, columns);
  if (earlyStop && explains(first as Attribution, checks, seen)) return { attributions: soFar, stopped: 'done' };
  const everything = plan.most === 2 ** n;
  const more = everything
    ? everyMask(n).filter((mask) => !taken.has(key(mask)))
    : freshHalfMasks(n, plan.most - masks.length, taken, rng);
  if (more.length === 0) return { attributions: soFar, stopped: 'budget' };
  values.push(...(yield { masks: more, soFar }));
  const attributions = fitFewUnits(n, [...masks, ...more], values, columns);
  return { attributions, stopped: everything ? 'done' : 'budget' };
}

/** Whether an attribution predicts masks that it was not fitted to; values that never change are explained. */
function explains(attribution: Attribution, masks: readonly Mask[], seen: readonly number[]): boolean {
  const rows = [...masks.keys()].filter((row) => !Number.isNaN(seen[row]));
  const values = rows.map((row) => seen[row] as number);
  const predicted = rows.map((row) => predict(attribution, masks[row] as Mask));
  const share = r2(predicted, values);
  if (!Number.isNaN(share)) return share >= ENOUGH;
  const misses = values.map((value, at) => Math.abs((predicted[at] as number) - value) / Math.max(1, Math.abs(value)));
  return rows.length > 0 && Math.max(...misses) <= 1e-9;
}
