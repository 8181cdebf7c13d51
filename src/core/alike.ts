/**
 * At most the chance that one of `units` comes and goes with a given one, or opposite to it, in all of `rows` half masks:
 * while it is large, what explains few values without an error may be the wrong unit.
 */
export function alikeChance(units: number, rows: number): number {
  return units * 2 ** (1 - rows);
}
