import { compilePattern, matches, type Pattern } from '../patterns.ts';
import { sentenceSpans } from '../sentencespans.ts';
import type { Completion } from '../types.ts';
import { REFUSALS } from './languages.ts';
import { MORE_REFUSALS } from './more-languages.ts';

const LISTS: Readonly<Record<string, readonly string[]>> = { ...REFUSALS, ...MORE_REFUSALS };

/** Languages that there is a list for, as ISO 639-1 codes. */
export const LANGUAGES = Object.keys(LISTS) as (keyof typeof REFUSALS | keyof typeof MORE_REFUSALS)[];

/** How much of an answer is looked at, in UTF-16 code units and sentences: what comes later refuses no more than a part. */
const OPENING = 400;
const SENTENCES = 3;

const compiled = new Map<string, readonly Pattern[]>();

/** The list of a language, compiled once: ours, so that no caller is at fault where one does not compile. */
function listOf(language: string): readonly Pattern[] {
  let list = compiled.get(language);
  if (!list) {
    list = (LISTS[language] ?? []).map((source) => compilePattern(`(?i)${source}`, ''));
    compiled.set(language, list);
  }
  return list;
}

/** An answer as the lists are written for: one kind of apostrophe and of space, no markup or quote before its first word. */
function plainly(text: string): string {
  const straight = text.normalize('NFC').replaceAll(/[\u2018\u2019\u02BC\u0060\u00B4]/g, "'");
  return straight.replaceAll(/\s+/gu, ' ').replace(/^[\s*_>#"'“„«(-]+/u, '');
}

/** The first sentences of an answer, each by itself, since a refusal may come after "Hello." or a restated question. */
function beginnings(text: string): string[] {
  const opening = plainly(text.slice(0, 2 * OPENING)).slice(0, OPENING);
  const starts = sentenceSpans(opening).slice(0, SENTENCES);
  return starts.map(({ start }) => plainly(opening.slice(start)));
}

export interface PatternList {
  /** null: all of `LANGUAGES`. */
  languages: readonly string[] | null;
  /** Further RE2 patterns, searched for anywhere in the whole answer, as they are. */
  patterns: readonly string[];
}

/**
 * Tells refusals by the lists of languages, at the beginning of an answer, and by patterns of the caller's own. An answer
 * without text and without a tool call, and one that the server filtered, is refused, too.
 * @param pointer JSON pointer to the caller's patterns
 * @throws ProblemError invalid_pattern
 */
export function refusalTeller({ languages, patterns }: PatternList, pointer: string): (completion: Completion) => boolean {
  const lists = (languages ?? LANGUAGES).flatMap(listOf);
  const own = patterns.map((source, position) => compilePattern(source, `${pointer}/${position}`));
  return (completion) => {
    const { text, toolCalls } = completion;
    if (toolCalls.length > 0) return false;
    if (isUnsaid(completion)) return true;
    const first = beginnings(text);
    return own.some((pattern) => matches(pattern, text)) || lists.some((pattern) => first.some((beginning) => matches(pattern, beginning)));
  };
}

/** An answer that is none: nobody need be asked whether it refuses. */
export function isUnsaid({ text, toolCalls, finishReason }: Completion): boolean {
  return finishReason === 'content_filter' || (toolCalls.length === 0 && text.trim() === '');
}
