import { z } from 'zod';
import { spansAt } from '../boundaries.ts';
import { MAX_PATTERN_LENGTH, compilePattern, findAll } from '../patterns.ts';
import type { Segmenter } from '../types.ts';

const POINTER = '/segmenter/options/pattern';

const options = z.strictObject({
  pattern: z
    .string()
    .min(1)
    .max(MAX_PATTERN_LENGTH)
    .default('\\n\\s*\\n')
    .describe('A regular expression in RE2 syntax. Empty matches are ignored.'),
  mode: z
    .enum(['separator', 'unit'])
    .default('separator')
    .describe('`separator`: a match ends a unit. `unit`: every match is a unit, and so is what lies between two matches.'),
});

/** Units by a pattern of the caller's. */
export const pattern: Segmenter<z.output<typeof options>> = {
  id: 'pattern',
  title: 'By a pattern',
  options,
  level: 'pattern',
  segment(text, { pattern: source, mode }) {
    const matches = findAll(compilePattern(source, POINTER), text);
    return spansAt(
      text,
      matches.flatMap(({ start, end }) => (mode === 'unit' ? [start, end] : [end])),
    );
  },
};
