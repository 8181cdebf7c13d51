import type { HighlightSpec } from '../core/highlight/spec.ts';
import { highlightPart, unwrapHighlight } from './highlight.ts';
import { attributionMethods, searchMethods } from './part-options.ts';
import type { Choice, Part } from './parts.ts';

/*
 * What a request's method asks for: an attribution, and for some methods something more that rests on it.
 */

export interface Asked {
  /** The method that gives the scores, or searches edits. */
  attribution: Choice;
  /** What is to be done about compliance with them; null: nothing. */
  highlight: HighlightSpec | null;
  /** How texts are cut where the request does not say. */
  segmenter: string;
}

/** Methods that play another one, and how they are taken apart. */
const AROUND: Readonly<Record<string, (options: Record<string, unknown>) => Asked>> = {
  [highlightPart.id]: (options) => ({ ...unwrapHighlight(options), segmenter: 'phrase' }),
};

/** Every method that a job can ask for. */
export const methodChoices: readonly Part[] = [...attributionMethods, highlightPart, ...searchMethods];

export function askedOf({ id, options }: Choice): Asked {
  return AROUND[id]?.(options) ?? { attribution: { id, options }, highlight: null, segmenter: 'sentence' };
}
