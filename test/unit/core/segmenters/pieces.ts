import type { Segmenter } from '../../../../src/core/types.ts';

/** The texts that a segmenter cuts a text into; `options` are completed with their defaults. */
export function pieces<O>(segmenter: Segmenter<O>, text: string, options: object = {}): string[] {
  return segmenter.segment(text, segmenter.options.parse(options)).map(({ start, end }) => text.slice(start, end));
}
