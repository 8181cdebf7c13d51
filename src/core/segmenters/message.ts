import { z } from 'zod';
import type { Segmenter } from '../types.ts';

const options = z.strictObject({});

/** The whole text is one unit. */
export const message: Segmenter<z.output<typeof options>> = {
  id: 'message',
  title: 'Whole texts',
  options,
  level: 'message',
  segment: (text) => (text === '' ? [] : [{ start: 0, end: text.length }]),
};
