import { z } from 'zod';
import { spansAt } from '../boundaries.ts';
import { LINE_END } from '../whitespace.ts';
import type { Segmenter } from '../types.ts';

const options = z.strictObject({});

/** Every line with its line end; blank lines stay with the line before them. */
export const line: Segmenter<z.output<typeof options>> = {
  id: 'line',
  title: 'Lines',
  options,
  level: 'line',
  segment: (text) =>
    spansAt(
      text,
      text.matchAll(LINE_END).map((end) => end.index + end[0].length),
    ),
};
