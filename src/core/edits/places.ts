import { isFields } from '../annotations.ts';
import { valueAt } from '../cells.ts';
import { textFieldOf } from '../content.ts';
import { type Holder, holdersOf, type Slot } from '../slots.ts';
import type { Call } from '../types.ts';

/** A text of the call whose words can be edited. */
export interface Place {
  slot: Slot;
  holder: Holder;
  /** Where the content parts that make up the text end, in UTF-16 code units of it; one where it is a text of its own. */
  ends: readonly number[];
}

/** Texts of the parts; null where one of them is no text. */
function partTexts(call: Call, { path }: Holder, { entries }: Slot): string[] | null {
  const parts = valueAt(call, path) as readonly unknown[];
  const texts = entries.map((entry) => {
    const part = parts[entry];
    const field = isFields(part) ? textFieldOf(part) : null;
    return field === null || !isFields(part) ? null : (part[field] as string);
  });
  return texts.every((text) => text !== null) ? texts : null;
}

/** The texts of a call that are no pictures, tools or items, by `at`. @throws ProblemError unsupported_call */
export function placesOf(call: Call): Map<string, Place> {
  const places = new Map<string, Place>();
  for (const holder of holdersOf(call)) {
    if (holder.kind === 'tools' || holder.kind === 'item') continue;
    for (const slot of holder.slots) {
      const texts = holder.kind === 'parts' ? partTexts(call, holder, slot) : [slot.text];
      if (!texts) continue;
      let end = 0;
      places.set(slot.at, { slot, holder, ends: texts.map((text) => (end += text.length)) });
    }
  }
  return places;
}
