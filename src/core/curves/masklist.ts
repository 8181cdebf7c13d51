import { empty, full, key } from '../masks.ts';
import type { Mask } from '../types.ts';

/** Masks to be asked in one round, each once; who needs one remembers its row. */
export class MaskList {
  readonly masks: Mask[] = [];
  readonly #rows = new Map<string, number>();

  #row(mask: Mask): number {
    const id = key(mask);
    const known = this.#rows.get(id);
    if (known !== undefined) return known;
    this.#rows.set(id, this.masks.length);
    return this.masks.push(mask) - 1;
  }

  /** Row of the mask of n units that lacks these. */
  lacking(n: number, units: readonly number[]): number {
    const mask = full(n);
    for (const unit of units) mask[unit] = 0;
    return this.#row(mask);
  }

  /** Row of the mask of n units that has only these. */
  having(n: number, units: readonly number[]): number {
    const mask = empty(n);
    for (const unit of units) mask[unit] = 1;
    return this.#row(mask);
  }
}
