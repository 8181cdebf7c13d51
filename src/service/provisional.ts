import type { Provisional } from '../contract/resource.ts';
import type { Attribution } from '../core/types.ts';
import { publicAttribution, type Shown } from './shown.ts';

/** Targets told of in a provisional event: they are looked at, and all of them come with the result. */
const TARGETS = 8;

/** What a method would say if it had to stop now, as the contract shows it. */
export function provisionalOf(units: Shown, soFar: readonly Attribution[]): Provisional {
  const shown = soFar.slice(0, TARGETS);
  return { attributions: shown.map((attribution, target) => publicAttribution(target, attribution, units)) };
}
