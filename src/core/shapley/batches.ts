import type { Attribution, Mask, Round, Values } from '../types.ts';

/** Masks of a round at least, so that an endpoint is kept busy; and rounds at most. */
const LEAST = 64;
const ROUNDS = 8;

/**
 * Asks for all masks in a few rounds and gives their values. From the second round on each says what the values so far
 * amount to.
 */
export function* askInRounds(
  masks: readonly Mask[],
  fit: (values: Values) => readonly Attribution[],
): Generator<Round, Float64Array[], Values> {
  const size = Math.max(LEAST, Math.ceil(masks.length / ROUNDS));
  const values: Float64Array[] = [];
  for (let from = 0; from < masks.length; from += size) {
    const round: Round = { masks: masks.slice(from, from + size) };
    values.push(...(yield from === 0 ? round : { ...round, soFar: fit(values) }));
  }
  return values;
}
