import { normalQuantile } from './normal.ts';

/** [low, high], both included. */
export type Interval = readonly [number, number];

/**
 * Wilson's score interval of a proportion seen `successes` times in `trials` (Wilson 1927): centre
 * (p̂ + z²/2n)/(1 + z²/n), half-width z/(1 + z²/n)·√(p̂(1 − p̂)/n + z²/4n²). [0, 1] when nothing was tried.
 */
export function wilson(successes: number, trials: number, confidence = 0.95): Interval {
  if (trials === 0) return [0, 1];
  const z = normalQuantile((1 + confidence) / 2);
  const share = successes / trials;
  const scale = 1 + (z * z) / trials;
  const centre = (share + (z * z) / (2 * trials)) / scale;
  const half = (z / scale) * Math.sqrt((share * (1 - share)) / trials + ((z / trials) * z) / (4 * trials));
  // At the ends the formula meets 0 and 1 exactly, rounding aside.
  return [successes === 0 ? 0 : Math.max(0, centre - half), successes === trials ? 1 : Math.min(1, centre + half)];
}

/**
 * Newcombe's hybrid score interval of p₁ − p₂ for two independent samples (Newcombe 1998, method 10): from the Wilson
 * limits l, u of each, [d − √((p̂₁ − l₁)² + (u₂ − p̂₂)²), d + √((u₁ − p̂₁)² + (p̂₂ − l₂)²)]. [−1, 1] when either is empty.
 */
export function newcombe(
  first: { successes: number; trials: number },
  second: { successes: number; trials: number },
  confidence = 0.95,
): Interval {
  if (first.trials === 0 || second.trials === 0) return [-1, 1];
  const [low1, high1] = wilson(first.successes, first.trials, confidence);
  const [low2, high2] = wilson(second.successes, second.trials, confidence);
  const share1 = first.successes / first.trials;
  const share2 = second.successes / second.trials;
  return [
    share1 - share2 - Math.hypot(share1 - low1, high2 - share2),
    share1 - share2 + Math.hypot(high1 - share1, share2 - low2),
  ];
}
