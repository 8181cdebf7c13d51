import { type Trimmed, isBlank, lastLineStart, stronger, trimmed } from './whitespace.ts';
import type { Mask } from './types.ts';

/** A unit as the renderer sees it. */
export interface Piece {
  text: string;
  /** What stands for it when it is absent; '' = nothing. */
  replacement: string;
  /** Its place in the mask; −1 = fixed, always present. */
  position: number;
}

export function isPresent(piece: Piece, mask: Mask): boolean {
  return piece.position < 0 || mask[piece.position] === 1;
}

interface Prepared extends Piece {
  present: Trimmed;
  /** null: nothing stands there. */
  absent: Trimmed | null;
  isBlank: boolean;
}

function prepare(piece: Piece): Prepared {
  const absent = piece.replacement === '' ? null : trimmed(piece.replacement);
  return { ...piece, present: trimmed(piece.text), absent, isBlank: isBlank(piece.text) };
}

/**
 * Whitespace before the first text that is left, when what stood before it went: the blank lines that the whole text
 * began with, then the indentation of the line that now comes first.
 * @param before  whitespace that the whole text begins with
 * @param dropped strongest separator behind what went
 * @param lead    whitespace that the text left begins with
 */
function opening(before: string, dropped: string, lead: string): string {
  const ownLine = lastLineStart(lead);
  const line = lastLineStart(before);
  const beginsLine = ownLine > 0 || lastLineStart(dropped) > 0;
  return before.slice(0, line) + (beginsLine ? lead.slice(ownLine) : before.slice(line));
}

/**
 * A text made of units, ready to be rendered under many masks.
 *
 * Repair: units carry the whitespace behind them, so where units go several separators meet; the strongest stays (most
 * line ends, then longest). A blank unit is a separator and nothing else, kept or not. A text ends with the whitespace
 * that it ended with, and begins with none that was not there. Nothing is left of a text that lost all its words.
 * @param collapse whether a run of equal replacements becomes one
 */
export function createPassage(pieces: readonly Piece[], repair: boolean, collapse: boolean): (mask: Mask) => string {
  // by the first mask that leaves something: a plan renders no other
  let ready: { prepared: readonly Prepared[]; whole: Trimmed } | null = null;

  return (mask) => {
    if (pieces.every((piece) => piece.replacement === '' && !isPresent(piece, mask))) return '';
    ready ??= { prepared: pieces.map(prepare), whole: trimmed(pieces.map((piece) => piece.text).join('')) };
    const { prepared, whole } = ready;
    let out = '';
    let begun = false;
    /** Whether units went since the last text that is left. */
    let gap = false;
    /** Whitespace to write before the next text. */
    let separator = '';
    /** Strongest whitespace before the units that went: what keeps texts apart that would fuse. */
    let spare = '';
    /** The replacement written last, while its run lasts. */
    let run: string | null = null;
    for (const piece of prepared) {
      const present = isPresent(piece, mask);
      const form = present ? piece.present : piece.absent;
      if (repair && piece.isBlank && (present || form === null)) {
        separator = gap ? stronger(separator, piece.text) : separator + piece.text;
        continue;
      }
      if (form === null) {
        if (!repair) continue;
        gap = true;
        separator = stronger(separator, piece.present.trail);
        spare = stronger(spare, piece.present.lead);
        continue;
      }
      if (collapse && !present && run === form.core) {
        separator = stronger(separator, form.trail);
        continue;
      }
      if (!gap) out += separator + form.lead;
      else if (begun) out += separator + form.lead || spare;
      else out += opening(whole.lead, separator, form.lead);
      out += form.core;
      separator = form.trail;
      spare = '';
      begun = true;
      gap = false;
      run = present ? null : form.core;
    }
    if (!begun) return '';
    return out + (gap ? whole.trail : separator);
  };
}
