import type { Infiller } from '../searchtypes.ts';
import type { Call, Span, Unit } from '../types.ts';
import { placesOf } from './places.ts';
import { wordSpans } from './words.ts';

/** Words of a unit that are edited together. */
export interface Group {
  /** Index of the unit. */
  unit: number;
  at: string;
  /** Half-open, UTF-16 code units of the text that `at` names. */
  start: number;
  end: number;
  text: string;
}

/** Words with the punctuation that touches them: up to the first whitespace behind, or to the next word. */
function withPunctuation(text: string, words: readonly Span[]): Span[] {
  let from = 0;
  return words.map(({ start, end }, position) => {
    const next = words[position + 1]?.start ?? text.length;
    const behind = text.slice(end, next);
    const space = behind.search(/\s/);
    const before = text.slice(from, start);
    const span = { start: start - before.length + before.search(/\S|$/), end: space < 0 ? next : end + space };
    from = span.end;
    return span;
  });
}

/** `splitK` words at a time, the last group of a text with what is left. */
function groupsOfWords(text: string, splitK: number, punctuated: boolean): Span[] {
  const words = punctuated ? withPunctuation(text, wordSpans(text)) : wordSpans(text);
  return Array.from({ length: Math.ceil(words.length / splitK) }, (_, group) => {
    const own = words.slice(group * splitK, (group + 1) * splitK);
    return { start: own[0]?.start ?? 0, end: own.at(-1)?.end ?? 0 };
  });
}

/**
 * The groups of a call in the order of its input: words of perturbable units that the infiller can replace. A group lies
 * in one unit and in one content part.
 * @param punctuated whether the punctuation that touches a word goes with it
 */
export function groupsOf<O>(call: Call, units: readonly Unit[], splitK: number, infiller: Infiller<O>, options: O, punctuated = false): Group[] {
  const places = placesOf(call);
  return units.flatMap((unit) => {
    const place = places.get(unit.at);
    if (unit.fixed || !place) return [];
    const borders = [unit.start, ...place.ends.filter((end) => end > unit.start && end < unit.end), unit.end];
    return borders.slice(1).flatMap((end, piece) => {
      const start = borders[piece] as number;
      const text = place.slot.text.slice(start, end);
      const spans = infiller.stretches?.(text, options) ?? groupsOfWords(text, splitK, punctuated);
      return spans.map((span) => {
        const words = text.slice(span.start, span.end);
        return { unit: unit.index, at: unit.at, start: start + span.start, end: start + span.end, text: words };
      });
    });
  });
}
