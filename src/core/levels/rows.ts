import { ProblemError } from '../../errors.ts';
import { key } from '../masks.ts';
import type { Attribution, Game, Mask, Method, Values } from '../types.ts';
import { type Front, lowered } from './front.ts';

/** One evaluation as a mask over the leaves of the front of the moment. */
export interface Row {
  mask: Mask;
  /** One per target, NaN where there is none. */
  values: Float64Array;
  /** The stage that asked first. */
  stage: number;
}

/** Evaluations by mask, in the order of first asking. */
export class Rows {
  readonly #rows = new Map<string, Row>();

  add(row: Row): void {
    const name = key(row.mask);
    if (!this.#rows.has(name)) this.#rows.set(name, row);
  }

  has(mask: Mask): boolean {
    return this.#rows.has(key(mask));
  }

  get size(): number {
    return this.#rows.size;
  }

  /** All of them as masks of another front; those that `turn` has no mask for are left out. */
  turned(turn: (mask: Mask) => Mask | null): Rows {
    const other = new Rows();
    for (const row of this.all()) {
      const mask = turn(row.mask);
      if (mask) other.add({ ...row, mask });
    }
    return other;
  }

  all(): readonly Row[] {
    return [...this.#rows.values()];
  }
}

/**
 * Fits a stage to everything that was evaluated up to it: an earlier evaluation is one of this stage in which all parts
 * of a unit come and go together. Those in which a frozen unit is absent are of another game.
 * @param asked masks of the players that the stage's own run asked for
 * @param fitAlways also where no earlier evaluation serves
 * @returns null where the run's own finding says as much
 */
export function pooled(
  method: Method,
  game: Game,
  options: unknown,
  { front, stage, rows, asked }: { front: Front; stage: number; rows: Rows; asked: ReadonlySet<string> },
  fitAlways: boolean,
): readonly Attribution[] | null {
  if (!method.fit) return null;
  const coarse: [Mask, Float64Array][] = [];
  const drawn: [Mask, Float64Array][] = [];
  for (const row of rows.all()) {
    const mask = row.stage > stage || row.values.every(Number.isNaN) ? null : lowered(front, row.mask);
    if (mask) (row.stage === stage || asked.has(key(mask)) ? drawn : coarse).push([mask, row.values]);
  }
  // earlier evaluations alone cannot tell the parts of a unit apart
  if (drawn.length === 0 || (coarse.length === 0 && !fitAlways)) return null;
  const all = [...coarse, ...drawn];
  const values: Values = all.map(([, value]) => value);
  try {
    return method.fit({ ...game, coarse: coarse.length }, all.map(([mask]) => mask), values, options);
  } catch (error) {
    // a stage that was cut short may leave a sample that the method does not take for one
    if (error instanceof ProblemError && error.code === 'evaluations_missing') return null;
    throw error;
  }
}
