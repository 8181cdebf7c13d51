import { z } from 'zod';
import { spansAt } from '../boundaries.ts';
import { markdownBlockStarts } from '../markdownblocks.ts';
import type { Segmenter } from '../types.ts';

const options = z.strictObject({});

/** Blocks of Markdown: headings, paragraphs, list items, quotes, fenced code, rows of tables. */
export const markdown: Segmenter<z.output<typeof options>> = {
  id: 'markdown',
  title: 'Markdown blocks',
  options,
  level: 'block',
  segment: (text) => spansAt(text, markdownBlockStarts(text)),
};
