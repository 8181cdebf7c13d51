/** Weight of a gap with a comma or another sign that parts. */
export const STOP = 4;

/** What is known of the gap before each token of a sentence; entry 0 stands for the start and says nothing. */
export interface Gaps {
  /** Whether a phrase ends there. */
  cuts: boolean[];
  /** How well a phrase may be cut there: 0 = only where nothing better is left, STOP = best. */
  weights: number[];
}
