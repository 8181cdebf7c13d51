import { bareCall } from './bare.ts';
import { type Cell, cellOf, isEmptied, isTouched, write } from './cells.ts';
import type { Piece } from './passage.ts';
import type { Perturbation } from './perturbation.ts';
import { type Holder, holdersOf } from './slots.ts';
import { createTools } from './tools.ts';
import type { Call, Mask, Unit } from './types.ts';

export interface Renderer {
  /** Number of perturbable units: the length of a mask. */
  readonly n: number;
  /** Index among all units of each position of a mask. */
  readonly perturbable: Int32Array;
  /**
   * The call under a mask, free of annotations. Shares with other renders whatever does not differ: never change it.
   * `fillEmpty`: a text that lost all that was in it becomes the perturber's empty form, not ''.
   */
  readonly render: (mask: Mask, options?: { fillEmpty?: boolean }) => Call;
  /** Whether a message, item, prompt or instruction lost all its text under the mask, so that `fillEmpty` matters. */
  readonly hasEmptied: (mask: Mask) => boolean;
}

/** The units of every text, by `at`; those that can be taken away have the positions of a mask, in order. */
function piecesByPlace(units: readonly Unit[], replacements: readonly string[]): Map<string, Piece[]> {
  const places = new Map<string, Piece[]>();
  let next = 0;
  for (const { at, index, text, fixed } of units) {
    const piece: Piece = { text, replacement: replacements[index] ?? '', position: fixed ? -1 : next };
    if (!fixed) next += 1;
    const list = places.get(at);
    if (list) list.push(piece);
    else places.set(at, [piece]);
  }
  return places;
}

/**
 * A call ready to be rendered under many masks. Everything that does not depend on the mask is worked out here; a
 * render copies only what it changes.
 * @param units as unitsOf gave them for the same call
 * @param holders of the call, where they are known already
 */
export function createRenderer(call: Call, units: readonly Unit[], perturbation: Perturbation, holders: readonly Holder[] = holdersOf(call)): Renderer {
  const base = bareCall(call);
  const perturbable = Int32Array.from(units.filter((unit) => !unit.fixed).map((unit) => unit.index));
  const places = piecesByPlace(units, perturbation.replacements);
  const piecesAt = (at: string): readonly Piece[] => places.get(at) ?? [];
  const cells: Cell[] = [];
  let withTools: (rendered: Call, mask: Mask) => Call = (rendered) => rendered;
  for (const holder of holders) {
    if (!holder.slots.some((slot) => piecesAt(slot.at).some((piece) => piece.position >= 0))) continue;
    if (holder.kind === 'tools') {
      const tools = new Map(holder.slots.map((slot) => [slot.entries[0] ?? -1, piecesAt(slot.at)[0]]));
      withTools = createTools(base['tools'] as readonly unknown[], tools);
    } else cells.push(cellOf(holder, base, piecesAt, perturbation));
  }
  const check = (mask: Mask): void => {
    if (mask.length !== perturbable.length) throw new RangeError(`a mask of ${mask.length} for ${perturbable.length} units`);
  };
  return {
    n: perturbable.length,
    perturbable,
    render(mask, { fillEmpty = false } = {}) {
      check(mask);
      const result: Record<string, unknown> = { ...base };
      const copied = new Set<string>();
      for (const cell of cells) {
        if (!isTouched(cell, mask)) continue;
        const value = fillEmpty && isEmptied(cell, mask) ? cell.emptied(perturbation.emptyForm) : cell.valueUnder(mask);
        write(result, cell.path, value, copied);
      }
      return withTools(result, mask);
    },
    hasEmptied(mask) {
      check(mask);
      return cells.some((cell) => isTouched(cell, mask) && isEmptied(cell, mask));
    },
  };
}
