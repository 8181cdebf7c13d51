import type { Token } from './tokens.ts';
import { TABLES } from './tables.ts';

/** Scripts, each with the language whose rules stand for it. */
const SCRIPTS: readonly (readonly [language: string, letters: RegExp])[] = [
  ['latin', /\p{Script=Latin}/gu],
  ['zh', /\p{Script=Han}/gu],
  ['ja', /[\p{Script=Hiragana}\p{Script=Katakana}]/gu],
  ['ko', /\p{Script=Hangul}/gu],
  ['th', /\p{Script=Thai}/gu],
  ['ru', /\p{Script=Cyrillic}/gu],
  ['ar', /\p{Script=Arabic}/gu],
  ['hi', /\p{Script=Devanagari}/gu],
];
const LETTER = /\p{L}/gu;
/** Enough to tell a script and a language by. */
const SAMPLE = 400;
const LATIN = ['en', 'de', 'fr', 'es', 'it', 'pt', 'nl', 'sv', 'da', 'no', 'pl', 'tr'] as const;
const NOT_ENGLISH = /[à-öø-žß¿¡]/iu;

function scriptOf(text: string): string {
  const counts = new Map(SCRIPTS.map(([language, letters]) => [language, text.match(letters)?.length ?? 0]));
  // letters of any other script
  counts.set('', (text.match(LETTER)?.length ?? 0) - [...counts.values()].reduce((sum, count) => sum + count, 0));
  // a fifth of kana makes Japanese of Chinese characters
  const kana = counts.get('ja') ?? 0;
  if (kana > 0 && kana * 4 >= (counts.get('zh') ?? 0)) counts.set('ja', kana + (counts.get('zh') ?? 0));
  let best = 'latin';
  for (const [language, count] of counts) if (count > (counts.get(best) ?? 0)) best = language;
  return best;
}

function votes(language: string, tokens: readonly Token[]): number {
  const table = TABLES[language];
  if (!table) return 0;
  const knows = (key: string): boolean => table.opens.has(key) || table.starts.has(key) || table.ends.has(key);
  return tokens.filter(({ key }) => knows(key) || (key.includes("'") && knows(key.slice(0, key.indexOf("'") + 1)))).length;
}

/**
 * The language of one sentence by its script and its small words; a sentence is judged by itself, so that it is cut
 * alike wherever it stands. Undecided: English, or '' where a letter says otherwise.
 * @returns first subtag of a language tag, or ''
 */
export function languageOf(text: string, tokens: readonly Token[]): string {
  const script = scriptOf(text.slice(0, SAMPLE));
  if (script !== 'latin') return script;
  const sample = tokens.slice(0, SAMPLE / 4);
  let best = 'en';
  let most = votes('en', sample);
  for (const language of LATIN) {
    const count = votes(language, sample);
    if (count > most) [best, most] = [language, count];
  }
  return most === 0 && NOT_ENGLISH.test(text.slice(0, SAMPLE)) ? '' : best;
}
