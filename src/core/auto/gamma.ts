/** Below this the series is too coarse; the argument is moved up by Γ(x) = Γ(x + 1)/x. */
const ENOUGH = 8;

/** log Γ(x) for x > 0, to about 1e-11: Stirling's series (Abramowitz and Stegun 6.1.40 and 6.1.41). */
export function logGamma(x: number): number {
  let [at, taken] = [x, 0];
  for (; at < ENOUGH; at++) taken += Math.log(at);
  const square = 1 / (at * at);
  const series = (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square / 1680))) / at;
  return (at - 0.5) * Math.log(at) - at + 0.5 * Math.log(2 * Math.PI) + series - taken;
}
