import type { Fields } from '../annotations.ts';
import { bareCall } from '../bare.ts';
import { formOf, valueAt, write } from '../cells.ts';
import { emptiedParts, withText } from '../parts.ts';
import type { Draft } from '../searchtypes.ts';
import type { Holder } from '../slots.ts';
import type { Call } from '../types.ts';
import type { Group } from './groups.ts';
import { type Place, placesOf } from './places.ts';

/** A replaced stretch of a text: half-open, UTF-16 code units of the text that `at` names. */
export interface Replacement {
  unit: number;
  at: string;
  start: number;
  end: number;
  from: string;
  to: string;
}

/** Renders edited calls. Whatever no edit replaces is as it was, byte for byte. */
export interface Editor {
  /** Free of annotations. Shares with other renders whatever does not differ: never change it. */
  render(draft: Draft): Call;
  /** What is replaced, in the order of the input. */
  replacements(draft: Draft): Replacement[];
  /** The text that `at` names, as it was. */
  textAt(at: string): string;
  /** The text of one place under a draft, and where the words of other groups of it are now. */
  textWith(draft: Draft, at: string, groups: readonly number[]): { text: string; spans: { start: number; end: number }[] };
}

const GAP = /[^\S\n\r\u2028\u2029]/;

/**
 * What an edit replaces. Words that are taken away take the space before them along, at the start of a line or of a
 * content part the space behind, so that no two spaces are left where one was; line ends stay.
 * @param from where what stands before was last replaced to, or where the content part begins
 * @param lead what the content part has before that, as it is rendered
 */
function stretchOf(text: string, { start, end }: Group, to: string, from: number, lead: string): { start: number; end: number } {
  if (to !== '') return { start, end };
  let before = start;
  while (before > from && GAP.test(text[before - 1] ?? '')) before -= 1;
  let behind = end;
  while (behind < text.length && GAP.test(text[behind] ?? '')) behind += 1;
  const kept = lead + text.slice(from, before);
  const opens = kept === '' || /[\n\r\u2028\u2029]$/.test(kept);
  if (before < start && (!opens || behind === end)) return { start: before, end };
  return opens || /\s$/.test(kept) ? { start, end: behind } : { start, end };
}

/** @param groups of the same call */
export function createEditor(call: Call, groups: readonly Group[]): Editor {
  const base = bareCall(call);
  const places = placesOf(call);

  const byPlace = (draft: Draft): Map<string, Replacement[]> => {
    const found = new Map<string, { list: Replacement[]; end: number; text: string }>();
    for (const { group: index, to } of draft) {
      const group = groups[index];
      const place = group && places.get(group.at);
      if (!group || !place) throw new RangeError(`there is no group ${index}`);
      const state = found.get(group.at) ?? { list: [], end: 0, text: '' };
      const part = place.ends.findLast((end) => end <= group.start) ?? 0;
      const stretch = part > state.end ? stretchOf(place.slot.text, group, to, part, '') : stretchOf(place.slot.text, group, to, state.end, state.text);
      const from = place.slot.text.slice(stretch.start, stretch.end);
      state.list.push({ unit: group.unit, at: group.at, ...stretch, from, to });
      state.text += place.slot.text.slice(state.end, stretch.start) + to;
      state.end = stretch.end;
      found.set(group.at, state);
    }
    return new Map([...found].map(([at, { list }]) => [at, list]));
  };

  return {
    replacements: (draft) => [...byPlace(draft).values()].flat(),
    textAt: (at) => places.get(at)?.slot.text ?? '',
    render(draft) {
      const edits = byPlace(draft);
      const rendered: Record<string, unknown> = { ...base };
      const copied = new Set<string>();
      const touched = new Set([...edits.keys()].map((at) => (places.get(at) as Place).holder));
      for (const holder of touched) {
        const own = [...places.values()].filter((place) => place.holder === holder);
        if (holder.kind !== 'parts') {
          // the slots of a joined text are the whole of it, but for parts that are empty
          const text = own.map(({ slot }) => replaced(slot.text, 0, slot.text.length, edits.get(slot.at) ?? [])).join('');
          write(rendered, holder.path, text, copied);
          continue;
        }
        write(rendered, holder.path, editedParts(valueAt(base, holder.path) as readonly unknown[], holder, own, edits), copied);
      }
      return rendered;
    },
    textWith(draft, at, wanted) {
      const place = places.get(at) as Place;
      const list = byPlace(draft).get(at) ?? [];
      const moved = (offset: number): number => offset + list.filter(({ end }) => end <= offset).reduce((sum, edit) => sum + edit.to.length - (edit.end - edit.start), 0);
      const spans = wanted.map((index) => {
        const { start, end } = groups[index] as Group;
        return { start: moved(start), end: moved(start) + end - start };
      });
      return { text: replaced(place.slot.text, 0, place.slot.text.length, list), spans };
    },
  };
}

/** The stretch [start, end) of a text with what is replaced in it; an edit that reaches over its start counts from there. */
function replaced(text: string, start: number, end: number, edits: readonly Replacement[]): string {
  let at = start;
  let result = '';
  for (const edit of edits) {
    result += text.slice(at, Math.max(at, edit.start)) + (edit.start >= start ? edit.to : '');
    at = Math.min(end, edit.end);
  }
  return result + text.slice(at, end);
}

/** Content parts with what is replaced in them. A part that lost its text leaves the list, and without any there is no content. */
function editedParts(parts: readonly unknown[], { path, slots }: Holder, places: readonly Place[], edits: ReadonlyMap<string, readonly Replacement[]>): unknown {
  const seen = new Map<number, unknown>();
  for (const { slot, ends } of places) {
    slot.entries.forEach((entry, piece) => {
      const [start, end] = [ends[piece - 1] ?? 0, ends[piece] as number];
      const within = (edits.get(slot.at) ?? []).filter((edit) => edit.start < end && edit.end > start);
      if (within.length === 0) return;
      const text = replaced(slot.text, start, end, within);
      seen.set(entry, text === '' ? null : withText(parts[entry] as Fields, text));
    });
  }
  const left = parts.map((part, entry) => (seen.has(entry) ? seen.get(entry) : part));
  const hasContent = slots.some(({ entries }) => entries.some((entry) => left[entry] !== null));
  return hasContent ? left.filter((part) => part !== null) : emptiedParts(parts, '', formOf(path));
}
