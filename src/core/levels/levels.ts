import { faultAt } from '../../errors.ts';
import { segmenters } from '../segmenters/index.ts';
import type { Segmenter, Span } from '../types.ts';

/** What units can be, from coarse to fine. */
export const LEVELS = ['message', 'document', 'paragraph', 'sentence', 'phrase', 'word'] as const;

export type Level = (typeof LEVELS)[number];

/** Which units are cut finer, and what becomes of the others. */
export interface Refine {
  /** Units opened at most at each step. */
  top_k: number;
  /** Share of the largest score, regardless of signs, that a unit must reach to be opened. */
  threshold: number;
  /** Whether units that were not opened are there for good, or go on being taken away. */
  freeze: boolean;
}

/** How texts are cut at one level. */
export interface Cut {
  level: Level;
  /** Ordered, disjoint spans that cover the text; null: the call itself says where units end. */
  segment: ((text: string) => Span[]) | null;
}

const POINTER = '/method/options/levels';

/** The segmenter that makes units of a level: the one that was asked for, where it does, else one that needs no options. */
function segmenterAt(level: Level, asked: { segmenter: Segmenter; options: unknown }): ((text: string) => Span[]) | null {
  if (asked.segmenter.level === level) return (text) => asked.segmenter.segment(text, asked.options);
  for (const segmenter of segmenters) {
    const options = segmenter.level === level ? segmenter.options.safeParse({}) : null;
    if (options?.success) return (text) => segmenter.segment(text, options.data);
  }
  return null;
}

/**
 * How each of the levels is cut. `message` and `document` follow the call, any other the segmenter of that level.
 * @param asked the request's own segmenter, whose options hold for the level that it makes
 * @throws ProblemError validation_failed for a level that no segmenter makes
 */
export function cutsFor(levels: readonly Level[], asked: { segmenter: Segmenter; options: unknown }): Cut[] {
  return levels.map((level, position) => {
    if (level === 'message' || level === 'document') return { level, segment: null };
    const segment = segmenterAt(level, asked);
    if (!segment) throw faultAt('validation_failed', `${POINTER}/${position}`, `no segmenter makes units of the level ${level}`);
    return { level, segment };
  });
}
