import { faultAt } from '../../errors.ts';
import type { Segmenter } from '../types.ts';
import { line } from './line.ts';
import { markdown } from './markdown.ts';
import { message } from './message.ts';
import { paragraph } from './paragraph.ts';
import { pattern } from './pattern.ts';
import { phrase } from './phrase.ts';
import { sentence } from './sentence.ts';
import { word } from './word.ts';

/** Every segmenter; one line each, from fine to coarse. */
export const segmenters: readonly Segmenter[] = [word, phrase, sentence, line, paragraph, message, markdown, pattern];

/** @throws ProblemError validation_failed when there is no such segmenter */
export function segmenterById(id: string): Segmenter {
  const found = segmenters.find((segmenter) => segmenter.id === id);
  if (!found) throw faultAt('validation_failed', '/segmenter/id', `no segmenter is named ${JSON.stringify(id)}`);
  return found;
}
