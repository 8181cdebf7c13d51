import { parseTree, type Node } from 'jsonc-parser';
import { isJson, scanJson } from './jsontext.ts';
import type { Span } from './types.ts';

/** A JSON value in a text, with the offsets of everything inside it. */
export interface JsonDocument {
  /** Where the document starts in the text; the offsets of nodes count from here. */
  offset: number;
  root: Node;
}

/** Parses strict JSON; null when the text is anything else. */
function parsed(text: string, offset: number): JsonDocument | null {
  if (!isJson(text)) return null;
  const root = parseTree(text, [], { disallowComments: true, allowTrailingComma: false });
  return root ? { offset, root } : null;
}

/** Contents of Markdown code fences, also of one that the end of the text cuts off. */
function fenced(text: string): JsonDocument[] {
  const found: JsonDocument[] = [];
  for (const match of text.matchAll(/^ {0,3}(`{3,}(?!`)|~{3,}(?!~))[^\n`]*\n([\s\S]*?)(?:^ {0,3}\1[`~]*[ \t]*$|(?![\s\S]))/gm)) {
    const content = match[2] ?? '';
    const document = parsed(content, match.index + match[0].indexOf('\n') + 1);
    if (document) found.push(document);
  }
  return found;
}

/** Objects and arrays that stand in prose, outermost only; objects first, since `[1]` is more often a citation than data. */
function inProse(text: string): JsonDocument[] {
  const objects: JsonDocument[] = [];
  const arrays: JsonDocument[] = [];
  const hopeless = new Set<number>();
  const brackets = /[[{]/g;
  for (let match = brackets.exec(text); match; match = brackets.exec(text)) {
    if (hopeless.has(match.index)) continue;
    const { end, unclosed } = scanJson(text, match.index);
    for (const start of unclosed) hopeless.add(start);
    if (end === null) continue;
    const document = parsed(text.slice(match.index, end), match.index);
    if (document) (match[0] === '{' ? objects : arrays).push(document);
    brackets.lastIndex = end;
  }
  return [...objects, ...arrays];
}

/**
 * The JSON documents of a completion, the likeliest first: the text itself when it is JSON; otherwise the code fences
 * that hold JSON, then the objects and last the arrays in its prose.
 */
export function jsonDocuments(text: string): readonly JsonDocument[] {
  const whole = parsed(text, 0);
  return whole ? [whole] : [...fenced(text), ...inProse(text)];
}

/** The one document that the whole text is, or null. */
export function jsonDocument(text: string): JsonDocument | null {
  return parsed(text, 0);
}

function child(node: Node, token: string): Node | undefined {
  if (node.type === 'array') return /^(0|[1-9]\d*)$/.test(token) ? node.children?.[Number(token)] : undefined;
  if (node.type !== 'object') return undefined;
  // The last of equal keys counts, as for JSON.parse.
  return node.children?.findLast((property) => property.children?.[0]?.value === token)?.children?.[1];
}

/** Span of the value at the pointer in the document's text, a string's quotes included; null when there is none. */
export function valueSpan(document: JsonDocument, tokens: readonly string[]): Span | null {
  let node: Node | undefined = document.root;
  for (const token of tokens) {
    node = child(node, token);
    if (!node) return null;
  }
  return { start: document.offset + node.offset, end: document.offset + node.offset + node.length };
}

/** Span of the value at the pointer in the first document that has one. */
export function findValue(documents: readonly JsonDocument[], tokens: readonly string[]): Span | null {
  for (const document of documents) {
    const span = valueSpan(document, tokens);
    if (span) return span;
  }
  return null;
}
