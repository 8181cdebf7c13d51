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
  /** Whitespace that is left of it when it goes. A blank unit is a separator and nothing else. */
  separator: string;
}

function prepare(piece: Piece): Prepared {
  const present = trimmed(piece.text);
  const absent = piece.replacement === '' ? null : trimmed(piece.replacement);
  return { ...piece, present, absent, separator: isBlank(piece.text) ? piece.text : present.trail };
}

/**
 * Whitespace before the first text that is left, when what stood before it went: the blank lines that the text began
 * with, and the indentation that was on that line.
 * @param before  whitespace that the whole text begins with
 * @param dropped strongest separator behind what went
 * @param lead    whitespace that the text left begins with
 */
function opening(before: string, dropped: string, lead: string): string {
  const line = lastLineStart(before);
  const onNewLine = lastLineStart(dropped) > 0;
  return before.slice(0, line) + (onNewLine || lead !== '' ? lead : before.slice(line));
}

/**
 * A text made of units, ready to be rendered under many masks.
 *
 * Repair: units carry the whitespace behind them, so where units go several separators meet; the strongest stays (most
 * line ends, then longest). A text ends with the whitespace that it ended with, and begins with none that was not
 * there. Nothing is left of a text that lost all its units.
 * @param collapse whether a run of equal replacements becomes one
 */
export function createPassage(pieces: readonly Piece[], repair: boolean, collapse: boolean): (mask: Mask) => string {
  const prepared = pieces.map(prepare);
  const first = prepared[0];
  const last = prepared.at(-1);
  if (!first || !last) return () => '';
  const before = isBlank(first.text) ? first.text : first.present.lead;

  return (mask) => {
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
      if (form === null) {
        if (!repair) continue;
        gap = true;
        separator = stronger(separator, piece.separator);
        spare = stronger(spare, piece.present.lead);
        continue;
      }
      if (collapse && !present && run === form.core) {
        separator = stronger(separator, form.trail);
        continue;
      }
      if (!gap) out += separator + form.lead;
      else if (begun) out += separator + form.lead || spare;
      else out += opening(before, separator, form.lead);
      out += form.core;
      separator = form.trail;
      spare = '';
      begun = true;
      gap = false;
      run = present ? null : form.core;
    }
    if (!begun) return '';
    return out + (gap ? last.separator : separator);
  };
}
