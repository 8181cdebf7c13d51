import { Matcher, MatcherInput, RE2JS } from 're2js';
import { ProblemError, faultAt } from '../errors.ts';
import type { Span } from './types.ts';

/** Longest pattern taken, in UTF-16 code units. */
export const MAX_PATTERN_LENGTH = 1_000;

/**
 * Work that one text may cost, in character looks times program size; about ten nanoseconds each. One search is linear
 * in the text, but finding *all* matches is not: `a.*?z|a` looks ahead to the end for every `a` that it finds.
 */
const MAX_WORK = 20_000_000;

/** A caller's regular expression, ready to search with. */
export interface Pattern {
  readonly source: string;
  /** JSON pointer to the field that the pattern came from; faults name it. */
  readonly pointer: string;
  readonly expression: RE2JS;
}

/** A text that counts how often it was looked at; the engine takes any string object. */
class MeteredText extends String {
  private looks = 0;
  private readonly most: number;
  private readonly refuse: () => ProblemError;

  constructor(text: string, most: number, refuse: () => ProblemError) {
    super(text);
    this.most = most;
    this.refuse = refuse;
  }

  override charCodeAt(index: number): number {
    this.looks += 1;
    if (this.looks > this.most) throw this.refuse();
    return super.charCodeAt(index);
  }
}

/**
 * Compiles a regular expression in RE2 syntax (no look-around, no back-references), so that matching cannot blow up.
 * @param pointer JSON pointer to the field of the request that holds it
 * @throws ProblemError invalid_pattern
 */
export function compilePattern(source: string, pointer: string): Pattern {
  if (source === '') throw faultAt('invalid_pattern', pointer, 'the pattern is empty');
  if (source.length > MAX_PATTERN_LENGTH) {
    throw faultAt('invalid_pattern', pointer, `the pattern is longer than ${MAX_PATTERN_LENGTH} characters`);
  }
  try {
    return { source, pointer, expression: RE2JS.compile(source) };
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : 'it does not compile';
    throw new ProblemError('invalid_pattern', `the pattern is not RE2 syntax: ${reason}`, {
      faults: [{ pointer, message: reason }],
      cause: error,
    });
  }
}

/**
 * Every match of the pattern, leftmost first and none overlapping; empty matches are left out.
 * @returns half-open spans in UTF-16 code units, in order; no span starts or ends inside a surrogate pair
 * @throws ProblemError invalid_pattern where the search would cost too much on this text
 */
export function findAll(pattern: Pattern, text: string): Span[] {
  const matcher = matcherOf(pattern, text);
  const spans: Span[] = [];
  while (matcher.find()) {
    const start = matcher.start();
    const end = matcher.end();
    if (end > start) spans.push({ start, end });
  }
  return spans;
}

/** Whether the pattern occurs in the text, be it as an empty match. @throws ProblemError invalid_pattern as `findAll` */
export function matches(pattern: Pattern, text: string): boolean {
  return matcherOf(pattern, text).find();
}

function matcherOf(pattern: Pattern, text: string): Matcher {
  const most = Math.floor(MAX_WORK / Math.max(1, pattern.expression.programSize()));
  const metered = new MeteredText(text, most, () =>
    faultAt('invalid_pattern', pattern.pointer, 'the pattern costs too much to search for in so long a text'),
  );
  return new Matcher(pattern.expression, MatcherInput.utf16(metered));
}
