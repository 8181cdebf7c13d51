import type { Span } from './types.ts';

/*
 * Strict JSON (RFC 8259) inside any text: where a value ends, without building it. Every token is checked against the
 * grammar as it comes, so that prose with braces fails at its first word and a long text is read about once.
 */

/** Any token but a string, of which it takes the opening quote. */
const TOKEN = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|["[\]{}:,]/y;
const SPACE = /[\t\n\r ]*/y;
/** A stretch of a string. Strings are read piece by piece: one expression for all of it runs out of stack on long ones. */
const PIECE = /[ !#-[\]-\uffff]+|\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4})/y;

/** Where the sticky expression ends when it matches at `position`, -1 when it does not. */
function reach(expression: RegExp, text: string, position: number): number {
  expression.lastIndex = position;
  return expression.test(text) ? expression.lastIndex : -1;
}

/** The token after any whitespace, null when none of JSON stands there. */
function tokenAt(text: string, position: number): Span | null {
  const start = reach(SPACE, text, position);
  let end = reach(TOKEN, text, start);
  if (text[start] === '"') {
    for (let piece = end; piece !== -1; piece = reach(PIECE, text, piece)) end = piece;
    end = text[end] === '"' ? end + 1 : -1;
  }
  return end === -1 ? null : { start, end };
}

/** Parsers that recurse stay far from the end of their stack. */
const MAX_DEPTH = 500;

type Expected = 'value' | 'item or end' | 'key or end' | 'key' | 'colon' | 'comma or end';

export interface JsonScan {
  /** Where the value ends, null when none starts here. */
  end: number | null;
  /** Starts of the arrays and objects that were open when it failed; none of them is a value either. */
  unclosed: readonly number[];
}

/** What may follow a token that begins with `first`, null when it may not stand where `expected` is. */
function next(first: string, expected: Expected, inObject: boolean): Expected | null {
  switch (first) {
    case ':':
      return expected === 'colon' ? 'value' : null;
    case ',':
      if (expected !== 'comma or end') return null;
      return inObject ? 'key' : 'value';
    case '}':
      return inObject && (expected === 'key or end' || expected === 'comma or end') ? 'comma or end' : null;
    case ']':
      return !inObject && (expected === 'item or end' || expected === 'comma or end') ? 'comma or end' : null;
    case '"':
      if (expected === 'key' || expected === 'key or end') return 'colon';
      break;
  }
  if (expected !== 'value' && expected !== 'item or end') return null;
  if (first === '{') return 'key or end';
  return first === '[' ? 'item or end' : 'comma or end';
}

/** Reads the JSON value at `start` (whitespace may come first). */
export function scanJson(text: string, start: number): JsonScan {
  const open: number[] = [];
  let expected: Expected = 'value';
  let position = start;
  for (;;) {
    const token = tokenAt(text, position);
    const container = open.at(-1);
    const first = token ? (text[token.start] ?? '') : '';
    const following: Expected | null = next(first, expected, container !== undefined && text[container] === '{');
    if (token === null || following === null || open.length > MAX_DEPTH) return { end: null, unclosed: open };
    position = token.end;
    if (first === '{' || first === '[') open.push(token.start);
    else if (first === '}' || first === ']') open.pop();
    if (open.length === 0) return { end: position, unclosed: [] };
    expected = following;
  }
}

/** Whether the whole text is one JSON value. */
export function isJson(text: string): boolean {
  const { end } = scanJson(text, 0);
  return end !== null && /^[\t\n\r ]*$/.test(text.slice(end));
}

/** The JSON without whitespace between tokens, so on one line; strings and numbers stay as written. null when it is no JSON. */
export function compactJson(text: string): string | null {
  if (!isJson(text)) return null;
  let compact = '';
  for (let token = tokenAt(text, 0); token; token = tokenAt(text, token.end)) compact += text.slice(token.start, token.end);
  return compact;
}
