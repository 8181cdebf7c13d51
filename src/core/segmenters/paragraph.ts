import { z } from 'zod';
import { spansAt } from '../boundaries.ts';
import type { Segmenter } from '../types.ts';

const options = z.strictObject({});

/** Two line ends with nothing but whitespace between them, or Unicode's own paragraph separator. */
const BREAK = /(?:\r\n|\n|\r(?!\n)|\u2028)[^\S\n\r\u2028]*[\n\r\u2028]|\u2029/g;

/** Texts between blank lines. */
export const paragraph: Segmenter<z.output<typeof options>> = {
  id: 'paragraph',
  title: 'Paragraphs',
  options,
  level: 'paragraph',
  segment: (text) =>
    spansAt(
      text,
      text.matchAll(BREAK).map((found) => found.index + found[0].length),
    ),
};
