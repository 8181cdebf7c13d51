import { codePointCount } from './codepoints.ts';
import { type Slot, holdersOf } from './slots.ts';
import { isBlank } from './whitespace.ts';
import type { Call, Span, Unit } from './types.ts';

type Piece = Span & { level: string; fixed: boolean };

function piecesOf({ text, explain, level }: Slot, segment: (text: string) => Span[], splitLevel: string): Piece[] {
  if (explain !== 'split') return [{ start: 0, end: text.length, level, fixed: explain === 'fixed' }];
  // nothing can be learnt from taking a blank text away, unless the caller asks for it
  if (isBlank(text)) return [{ start: 0, end: text.length, level, fixed: true }];
  return segment(text).map((span) => ({ ...span, level: splitLevel, fixed: false }));
}

/**
 * The units of a call in the order of its input (see holdersOf), fixed ones too; the units of a text cover it.
 * @param segment cuts the texts that are `split`: ordered, disjoint, covering spans, UTF-16
 * @param level   level of the units that `segment` makes
 * @throws ProblemError unsupported_call; what `segment` throws
 */
export function unitsOf(call: Call, segment: (text: string) => Span[], level: string): Unit[] {
  const units: Unit[] = [];
  for (const slot of holdersOf(call).flatMap((holder) => holder.slots)) {
    for (const piece of piecesOf(slot, segment, level)) {
      units.push({
        index: units.length,
        at: slot.at,
        role: slot.role,
        start: piece.start,
        end: piece.end,
        text: slot.text.slice(piece.start, piece.end),
        level: piece.level,
        parent: null,
        label: slot.label,
        fixed: piece.fixed,
      });
    }
  }
  return units;
}

/**
 * The units as the contract shows them: `start` and `end` in Unicode code points of the text that `at` names. Takes all
 * units of a call at once, because an offset is the sum of what stands before it; one pass over the texts.
 */
export function toPublicUnits(units: readonly Unit[]): Unit[] {
  const ends = new Map<string, number>();
  return units.map((unit) => {
    const start = ends.get(unit.at) ?? 0;
    const end = start + codePointCount(unit.text);
    ends.set(unit.at, end);
    return { ...unit, start, end };
  });
}
