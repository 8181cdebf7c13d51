import type { Slots } from './slots.ts';

/** Items that are sent one batch after the other, so that each finds its neighbour's beginning known. */
export interface Lane<T> {
  /** The slot to ask for; null leaves it to the server. */
  slot: number | null;
  batches: readonly (readonly T[])[];
}

/**
 * Contiguous runs of a sorted list, one for each slot: neighbours share the longest beginnings, and a slot remembers its
 * last prompt. Neighbours that are sent together would meet on different slots and share nothing.
 */
export function inLanes<T>(sorted: readonly T[], { count, kept }: Slots, concurrency: number, maxBatch: number): Lane<T>[] {
  // a list whose slot is not said is dealt out to all of them at once
  const longest = kept ? maxBatch : 1;
  const lanes = Math.max(1, Math.min(count, concurrency, sorted.length));
  return Array.from({ length: lanes }, (_, lane) => {
    const run = sorted.slice(Math.floor((lane * sorted.length) / lanes), Math.floor(((lane + 1) * sorted.length) / lanes));
    const batches = Array.from({ length: Math.ceil(run.length / longest) }, (_batch, index) =>
      run.slice(index * longest, (index + 1) * longest),
    );
    return { slot: kept ? lane : null, batches };
  });
}
