import { normalQuantile } from './normal.ts';

/** From so many degrees on the expansion about the normal distribution is exact to ten digits, and the sums would be long. */
const MANY = 1000;

/**
 * P(|T| ≤ t) of Student's t with a whole number of degrees of freedom, for t = √degrees·tan(angle), 0 ≤ angle < π/2.
 * The finite sums of Abramowitz and Stegun 26.7.3 (odd) and 26.7.4 (even).
 */
function central(angle: number, degrees: number): number {
  const cosine = Math.cos(angle);
  const odd = degrees % 2 === 1;
  let term = odd ? cosine : 1;
  let sum = degrees === 1 ? 0 : term;
  for (let k = odd ? 3 : 2; k <= degrees - 2; k += 2) {
    term *= ((k - 1) / k) * cosine * cosine;
    sum += term;
  }
  const part = Math.sin(angle) * sum;
  return odd ? (2 / Math.PI) * (angle + part) : part;
}

/**
 * How many standard errors a two-sided interval of this confidence (0 < confidence < 1) reaches to each side, for
 * Student's t with `degrees` ≥ 1 degrees of freedom (a fraction is dropped); Infinity is the normal distribution.
 */
export function studentReach(confidence: number, degrees: number): number {
  if (degrees > MANY) return nearNormal(normalQuantile((1 + confidence) / 2), degrees);
  const whole = Math.max(1, Math.floor(degrees));
  let low = 0;
  let high = Math.PI / 2;
  // Bisection on the angle: the distribution grows with it, and 60 halvings exhaust a double.
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (central(middle, whole) < confidence) low = middle;
    else high = middle;
  }
  return Math.sqrt(whole) * Math.tan((low + high) / 2);
}

/** The quantile of Student's t by that of the normal distribution (Abramowitz and Stegun 26.7.5). */
function nearNormal(z: number, degrees: number): number {
  const first = (z ** 3 + z) / 4;
  const second = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96;
  const third = (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384;
  return z + first / degrees + second / degrees ** 2 + third / degrees ** 3;
}
