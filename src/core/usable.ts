import type { Mask, Values } from './types.ts';

/** The evaluations that one target can be fitted from. */
export interface Usable {
  masks: Mask[];
  y: Float64Array;
  /** How many of the first masks are of a coarser game (Game.coarse). */
  coarse: number;
  /** Units that vary over all masks but not over these: the evaluations that failed were the only ones to tell. */
  lost: number[];
}

/** Drops the masks whose value in `column` is NaN. @param coarse how many of the first masks are of a coarser game */
export function usable(masks: readonly Mask[], values: Values, column: number, coarse = 0): Usable {
  const kept: Mask[] = [];
  const y: number[] = [];
  let early = 0;
  masks.forEach((mask, row) => {
    const value = values[row]?.[column] ?? Number.NaN;
    if (Number.isNaN(value)) return;
    kept.push(mask);
    y.push(value);
    if (row < coarse) early += 1;
  });
  const lost: number[] = [];
  if (kept.length < masks.length) {
    for (let i = 0; i < (masks[0]?.length ?? 0); i++) if (varies(masks, i) && !varies(kept, i)) lost.push(i);
  }
  return { masks: kept, y: Float64Array.from(y), coarse: early, lost };
}

function varies(masks: readonly Mask[], unit: number): boolean {
  return masks.some((mask) => mask[unit] !== masks[0]?.[unit]);
}
