import { codePointCount } from './codepoints.ts';
import { needed } from './needed.ts';
import { type Holder, type Slot, holdersOf } from './slots.ts';
import { isBlank } from './whitespace.ts';
import type { Call, Span, Unit } from './types.ts';

/** Whether a text is never taken away. Nothing can be learnt from taking a blank one, unless the caller asks for it. */
export function isFixedSlot({ text, explain }: Slot): boolean {
  return explain === 'fixed' || (explain === 'split' && isBlank(text));
}

/** A unit of a text, not yet numbered: its index is 0. */
export function slotUnit({ at, role, text, label }: Slot, { start, end }: Span, level: string, fixed: boolean): Unit {
  return { index: 0, at, role, start, end, text: text.slice(start, end), level, parent: null, label, fixed };
}

function unitsIn(slot: Slot, segment: (text: string) => Span[], splitLevel: string): Unit[] {
  const fixed = isFixedSlot(slot);
  if (slot.explain !== 'split' || fixed) return [slotUnit(slot, { start: 0, end: slot.text.length }, slot.level, fixed)];
  return segment(slot.text).map((span) => slotUnit(slot, span, splitLevel, false));
}

/**
 * The units of a call in the order of its input (see holdersOf), fixed ones too; the units of a text cover it.
 * @param segment cuts the texts that are `split`: ordered, disjoint, covering spans, UTF-16
 * @param level   level of the units that `segment` makes
 * @param holders of the call, where they are known already
 * @throws ProblemError unsupported_call; what `segment` throws
 */
export function unitsOf(call: Call, segment: (text: string) => Span[], level: string, holders: readonly Holder[] = holdersOf(call)): Unit[] {
  const units = holders.flatMap(({ slots }) => slots.flatMap((slot) => unitsIn(slot, segment, level)));
  const kept = needed(call, units);
  for (const [index, unit] of units.entries()) {
    unit.index = index;
    if (index === kept) unit.fixed = true;
  }
  return units;
}

/**
 * The units as the contract shows them: `start` and `end` in Unicode code points of the text that `at` names. Takes all
 * units of a call at once, because an offset is the sum of what stands before it; one pass over the texts. A unit that
 * others are the parts of comes before them and begins with the first.
 */
export function toPublicUnits(units: readonly Unit[]): Unit[] {
  const parents = new Set(units.map((unit) => unit.parent));
  const ends = new Map<string, number>();
  return units.map((unit) => {
    const start = ends.get(unit.at) ?? 0;
    const end = start + codePointCount(unit.text);
    if (!parents.has(unit.index)) ends.set(unit.at, end);
    return { ...unit, start, end };
  });
}
