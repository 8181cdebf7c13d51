import { readFileSync } from 'node:fs';

/*
 * IBM's own C-LIME, L-SHAP and leave-one-out on analytic games (test/fixtures/icx360.json).
 */

export interface GoldenCase {
  job: {
    method: 'clime' | 'lshap' | 'loo';
    units: string[];
    /** 'n' is a unit that may not be taken away. */
    unit_types: string | string[];
    params: Record<string, unknown>;
    score: { intercept: number; linear: number[]; interactions?: number[][] };
  };
  attributions: number[];
  intercept: number | null;
  /** Distinct inputs that the original scored. */
  scored_inputs: number;
}

export const GOLDEN = JSON.parse(readFileSync(new URL('../fixtures/icx360.json', import.meta.url), 'utf8')) as GoldenCase[];

/** Ids of our methods by theirs. */
export const GOLDEN_METHODS = { clime: 'clime', lshap: 'lshap', loo: 'leave-one-out' } as const;

/** The score of the units that are present. */
export function goldenValue({ intercept, linear, interactions = [] }: GoldenCase['job']['score'], present: readonly boolean[]): number {
  let value = intercept;
  linear.forEach((weight, unit) => {
    if (present[unit] === true) value += weight;
  });
  for (const term of interactions) {
    if (term.slice(0, -1).every((unit) => present[unit] === true)) value += term.at(-1) ?? 0;
  }
  return value;
}
