import { classesOf } from './classes.ts';
import { englishGaps } from './english.ts';
import { languageOf } from './language.ts';
import { phraseStarts } from './lengths.ts';
import { ruleGaps } from './rules.ts';
import { markersOf } from './signs.ts';
import { tagged } from './tagged.ts';
import { tokensOf } from './tokens.ts';

export interface PhraseOptions {
  /** Language tag, or `auto`. */
  language: string;
  min_words: number;
  max_words: number;
}

/** Words of a quotation that stays whole, unless phrases may be longer. */
const QUOTED = 8;

/**
 * Where the phrases of one sentence begin, the first left out; UTF-16 offsets into the sentence.
 * @param mayTag whether the tagger may be asked; else the rules of English do
 */
export function phraseCuts(sentence: string, options: PhraseOptions, mayTag: boolean): number[] {
  const tokens = tokensOf(sentence, Math.max(QUOTED, options.max_words));
  if (tokens.length < 2) return [];
  const given = options.language.toLowerCase().split('-')[0] ?? '';
  const language = given === 'auto' ? languageOf(sentence, tokens) : given;
  const tags = language === 'en' && mayTag ? tagged(sentence, tokens) : null;
  const gaps = tags ? englishGaps(tokens, classesOf(tokens, tags)) : ruleGaps(tokens, language);
  for (let i = markersOf(tokens); i > 0; i -= 1) {
    gaps.cuts[i] = false;
    gaps.weights[i] = 0;
  }
  return phraseStarts(tokens, gaps, options.min_words, options.max_words).map((i) => tokens[i]?.start ?? 0);
}
