import { faultAt } from '../errors.ts';
import { pointerTokens } from './jsonpointer.ts';
import { findValue, jsonDocuments } from './jsonspans.ts';
import { compilePattern, findAll } from './patterns.ts';
import { sentenceSpans } from './sentencespans.ts';
import { offsetOfCodePoint } from './text/codepoints.ts';
import { toolValue } from './toolcalls.ts';
import type { Completion, Span, Target, TargetSpec, TokenGrid } from './types.ts';

/** More matches than this are left out: a pattern such as `.` would make every character a target. */
export const MAX_MATCHES = 64;

type Place = Pick<Target, 'start' | 'end' | 'text'>;

function missing(at: string, message: string) {
  return faultAt('target_not_found', at, message);
}

function tokensAt(pointer: string, at: string): string[] {
  const tokens = pointerTokens(pointer);
  if (!tokens) throw missing(at, 'is not a JSON pointer (RFC 6901)');
  return tokens;
}

/** `start` and `end` are code points here; a span that leaves the text or is empty is no target. */
function spanAt(text: string, spec: Span, at: string): Span {
  const start = offsetOfCodePoint(text, spec.start);
  if (start === null || spec.start < 0) throw missing(`${at}/start`, 'lies beyond the end of the completion');
  const end = offsetOfCodePoint(text, spec.end);
  if (end === null) throw missing(`${at}/end`, 'lies beyond the end of the completion');
  if (start >= end) throw missing(`${at}/end`, 'must be after `start`');
  return { start, end };
}

function some(spans: readonly Span[], at: string, message: string): readonly Span[] {
  if (spans.length === 0) throw missing(at, message);
  return spans;
}

function places(spec: TargetSpec, completion: Completion, at: string): readonly Place[] {
  const { text } = completion;
  const place = (span: Span): Place => ({ start: span.start, end: span.end, text: text.slice(span.start, span.end) });
  switch (spec.kind) {
    case 'completion':
      return [{ start: 0, end: text.length, text }];
    case 'sentences':
      return some(sentenceSpans(text), at, 'the completion has no sentence').map(place);
    case 'span':
      return [place(spanAt(text, spec, at))];
    case 'match': {
      const found = findAll(compilePattern(spec.pattern, `${at}/pattern`), text).filter((span) => span.end > span.start);
      return some(found, `${at}/pattern`, 'matches nothing in the completion').slice(0, MAX_MATCHES).map(place);
    }
    case 'json': {
      const span = findValue(jsonDocuments(text), tokensAt(spec.pointer, `${at}/pointer`));
      if (!span) throw missing(`${at}/pointer`, 'the completion holds no JSON with a value there');
      return [place(span)];
    }
    case 'tool_call': {
      const value = toolValue(completion, spec.name, tokensAt(spec.pointer ?? '', `${at}/pointer`));
      if (!value) throw missing(at, 'the completion holds no such tool call, or no such argument in it');
      return [{ ...(value.span ?? { start: text.length, end: text.length }), text: value.text }];
    }
  }
}

/**
 * The targets that the specs name in a completion, in order, indices counted on over all of them: `sentences` and
 * `match` give one target per sentence and match. A tool call that stands beside text has no span in that text: its
 * target's text is the call's arguments and it starts and ends at the end of the text, so that it can be compared but
 * not weighed.
 * @throws ProblemError target_not_found, invalid_pattern, at /targets/<i> or deeper
 */
export function resolveTargets(specs: readonly TargetSpec[], completion: Completion): Target[] {
  return specs
    .flatMap((spec, position) => places(spec, completion, `/targets/${position}`).map((place) => ({ spec, ...place })))
    .map((target, index) => ({ index, ...target }));
}

/** First position in `ends` (ascending) whose value fails `before`. */
function firstNot(ends: Int32Array, before: (end: number) => boolean): number {
  let low = 0;
  let high = ends.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (before(ends[middle] ?? 0)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Tokens [from, to) of a target: those that overlap at least one of its characters. A token without characters (a byte
 * of a character that a later token completes) goes with the token after it, at the end of the text with the last one;
 * so targets that divide the text at token borders divide the tokens. Empty for a target without characters, except
 * that the whole completion always has every token.
 */
export function targetTokens(target: Target, grid: TokenGrid): { from: number; to: number } {
  const { ends } = grid;
  if (target.spec.kind === 'completion') return { from: 0, to: ends.length };
  const from = firstNot(ends, (end) => end <= target.start);
  if (target.end <= target.start || from === ends.length) return { from, to: from };
  const reachesEnd = target.end >= (ends.at(-1) ?? 0);
  const to = reachesEnd ? ends.length : firstNot(ends, (end) => end < target.end) + 1;
  return { from: leadingEmpty(ends, from), to };
}

/** Moves back over tokens without characters that end where token `from` starts. */
function leadingEmpty(ends: Int32Array, from: number): number {
  let first = from;
  while (first > 0 && ends[first - 1] === (ends[first - 2] ?? 0)) first -= 1;
  return first;
}
