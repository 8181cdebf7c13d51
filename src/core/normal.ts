/** Series of Φ about 0, in full precision where the tail is not tiny (|x| ≤ 4). Marsaglia 2004, J. Stat. Softw. 11(4). */
function centralNormal(x: number): number {
  let term = x;
  let sum = x;
  for (let k = 3; Math.abs(term) > 1e-17 * Math.abs(sum); k += 2) {
    term *= (x * x) / k;
    sum += term;
  }
  return 0.5 + sum * normalDensity(x);
}

/** Upper tail 1 − Φ(x) for x > 0 by the continued fraction of Laplace, evaluated from its far end. */
function upperTail(x: number): number {
  let fraction = x;
  for (let k = 80; k >= 1; k--) fraction = x + k / fraction;
  return normalDensity(x) / fraction;
}

function normalDensity(x: number): number {
  return Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
}

/** The standard normal distribution function. */
export function normalCdf(x: number): number {
  if (Math.abs(x) <= 4) return centralNormal(x);
  return x > 0 ? 1 - upperTail(x) : upperTail(-x);
}

/**
 * The x with Φ(x) = p, for 0 < p < 1; ∓∞ at 0 and 1. A rough start (Abramowitz and Stegun 26.2.23, error below 4.5e-4)
 * made exact by Halley steps on Φ.
 */
export function normalQuantile(p: number): number {
  if (!(p > 0 && p < 1)) return p === 0 ? -Infinity : p === 1 ? Infinity : Number.NaN;
  // In the lower half, so that a small tail keeps its digits.
  if (p > 0.5) return -normalQuantile(1 - p);
  const t = Math.sqrt(-2 * Math.log(p));
  let x = (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))) - t;
  for (let step = 0; step < 3; step++) {
    const newton = (normalCdf(x) - p) / normalDensity(x);
    x -= newton / (1 + (x * newton) / 2);
  }
  return x;
}
