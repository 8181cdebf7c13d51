import { type Fields, isFields } from './annotations.ts';
import { textFieldOf } from './content.ts';
import { type Piece, createPassage, isPresent } from './passage.ts';
import type { Slot } from './slots.ts';
import type { Mask } from './types.ts';

/** One content part under a mask; null = it is not there. */
type PartView = (mask: Mask) => Fields | null;

/** What a part says of places in its text: of another text it would be wrong. */
const ABOUT_TEXT = ['annotations', 'logprobs'];

/** The part with another text, free of what it said of places in the old one. */
export function withText(part: Fields, text: string): Fields {
  const field = textFieldOf(part);
  if (field === null) return part;
  const about = ABOUT_TEXT.filter((key) => Array.isArray(part[key])).map((key) => [key, []] as const);
  return { ...part, [field]: text, ...Object.fromEntries(about) };
}

/** Types of parts that a model has said, in items of the Responses API. Content with one of them is a list and nothing else. */
const SAID: ReadonlySet<unknown> = new Set(['output_text', 'refusal']);

/** How the dialect of a call has it. */
export interface PartsForm {
  /** Type of a text part that the caller gives. */
  textType: string;
  /** Whether what a model has said stays a list. */
  items: boolean;
}

function textView(part: Fields, pieces: readonly Piece[], repair: boolean, collapse: boolean): PartView {
  const textUnder = createPassage(pieces, repair, collapse);
  return (mask) => {
    if (pieces.every((piece) => isPresent(piece, mask))) return part;
    const text = textUnder(mask);
    return text === '' ? null : withText(part, text);
  };
}

/** A part that is a unit of its own but no text: what replaces it is a text part. */
function otherView(part: Fields, piece: Piece, textType: string): PartView {
  const replaced = piece.replacement === '' ? null : { type: textType, text: piece.replacement };
  return (mask) => (isPresent(piece, mask) ? part : replaced);
}

/** A unit of several parts: what replaces it stands in the first of them. */
function memberView(part: Fields, piece: Piece, isFirst: boolean): PartView {
  const replaced = isFirst && piece.replacement !== '' ? withText(part, piece.replacement) : null;
  return (mask) => (isPresent(piece, mask) ? part : replaced);
}

export interface SlotPieces {
  slot: Slot;
  pieces: readonly Piece[];
}

/** What stands for a list of parts of which no content is left: a text, or its first text part with that text. */
export function emptiedParts(parts: readonly unknown[], text: string, { items }: PartsForm): unknown {
  const said = items && parts.find((part) => isFields(part) && SAID.has(part['type']));
  return said ? [withText(said as Fields, text)] : text;
}

/**
 * A list of content parts, ready to be rendered under many masks. Parts that lost all their text leave the list, parts
 * that never had any stay; where only such are left there is no content (`emptiedParts`).
 * @param parts the list without annotations
 */
export function createParts(
  parts: readonly unknown[],
  slots: readonly SlotPieces[],
  { repair, collapse }: { repair: boolean; collapse: boolean },
  form: PartsForm,
): (mask: Mask) => unknown {
  const views = new Map<number, PartView>();
  for (const { slot, pieces } of slots) {
    for (const entry of slot.entries) {
      const part = parts[entry];
      const piece = pieces[0];
      if (!isFields(part) || !piece) continue;
      if (slot.level === 'message') views.set(entry, memberView(part, piece, entry === slot.entries[0]));
      else if (textFieldOf(part) === null) views.set(entry, otherView(part, piece, form.textType));
      else views.set(entry, textView(part, pieces, repair, collapse));
    }
  }
  return (mask) => {
    const left: unknown[] = [];
    let hasContent = false;
    for (const [entry, part] of parts.entries()) {
      const view = views.get(entry);
      const seen = view ? view(mask) : part;
      if (seen === null) continue;
      left.push(seen);
      hasContent ||= view !== undefined;
    }
    return hasContent ? left : emptiedParts(parts, '', form);
  };
}
