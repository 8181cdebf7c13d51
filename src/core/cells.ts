import { isFields } from './annotations.ts';
import { createParts, emptiedParts, type PartsForm } from './parts.ts';
import { type Piece, createPassage, isPresent } from './passage.ts';
import type { Perturbation } from './perturbation.ts';
import type { Holder, Path } from './slots.ts';
import type { Call, Mask } from './types.ts';
import { isBlank } from './whitespace.ts';

/** A place of the call whose value depends on the mask. */
export interface Cell {
  path: Path;
  pieces: readonly Piece[];
  valueUnder(mask: Mask): unknown;
  /** What stands there when all is lost and the text must not be empty. */
  emptied(text: string): unknown;
}

/** What stands at a path; undefined where it leads nowhere. */
export function valueAt(call: Call, path: Path): unknown {
  let value: unknown = call;
  for (const key of path) value = Array.isArray(value) ? value[Number(key)] : isFields(value) ? value[key] : undefined;
  return value;
}

/** The form that content parts at a path have. */
export function formOf(path: Path): PartsForm {
  const items = path[0] === 'input';
  return { textType: items ? 'input_text' : 'text', items };
}

/**
 * A holder of texts, ready to be rendered.
 * @param base     the call without annotations
 * @param piecesAt units of the slot with that `at`, in order
 */
export function cellOf(holder: Holder, base: Call, piecesAt: (at: string) => readonly Piece[], perturbation: Perturbation): Cell {
  const { repair, collapse = false } = perturbation;
  const slots = holder.slots.map((slot) => ({ slot, pieces: piecesAt(slot.at) }));
  const pieces = slots.flatMap((entry) => entry.pieces);
  const { path } = holder;
  if (holder.kind !== 'parts') return { path, pieces, valueUnder: createPassage(pieces, repair, collapse), emptied: (text) => text };
  const parts = valueAt(base, path) as readonly unknown[];
  const form = formOf(path);
  return { path, pieces, valueUnder: createParts(parts, slots, { repair, collapse }, form), emptied: (text) => emptiedParts(parts, text, form) };
}

/** Whether the mask takes something of the place. */
export function isTouched({ pieces }: Cell, mask: Mask): boolean {
  return pieces.some((piece) => !isPresent(piece, mask));
}

/** Whether nothing but whitespace is left of a place that the mask touches. A picture's text is its type: never blank. */
export function isEmptied({ pieces }: Cell, mask: Mask): boolean {
  return pieces.every((piece) => isBlank(isPresent(piece, mask) ? piece.text : piece.replacement));
}

/** Writes into a call that nobody else holds; copies each list, once, and each entry that it changes. */
export function write(call: Record<string, unknown>, path: Path, value: unknown, copied: Set<string>): void {
  const [key, index, field] = path;
  if (typeof key !== 'string') return;
  if (typeof index !== 'number' || typeof field !== 'string') {
    call[key] = value;
    return;
  }
  if (!copied.has(key)) call[key] = [...(call[key] as unknown[])];
  copied.add(key);
  const list = call[key] as Record<string, unknown>[];
  list[index] = { ...list[index], [field]: value };
}
