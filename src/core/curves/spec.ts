/** What can be asked of the finished attribution. methods.md section 7. */
export const CHECKS = ['deletion', 'insertion', 'top_k', 'sufficiency', 'necessity'] as const;
export type Check = (typeof CHECKS)[number];

export interface CheckSpec {
  checks: readonly Check[];
  /** Random orders that curves and top-k drops are held against. */
  baselines: number;
  /** How many of the highest units the top-k drops take away. */
  topK: readonly number[];
}
