import type { Node } from 'jsonc-parser';
import { jsonDocument } from './jsonspans.ts';

/** Integers stay as written (they may be longer than a double holds); 1.0, 1e0 and 1 are one number. */
function numberText(digits: string): string {
  if (/^-?\d+$/.test(digits)) return digits === '-0' ? '0' : digits;
  const value = Number(digits);
  return Number.isFinite(value) ? String(value) : digits;
}

function written(node: Node, source: string): string {
  if (node.type === 'object') {
    const members = new Map<string, string>();
    for (const { children } of node.children ?? []) {
      const [key, value] = children ?? [];
      if (key && value) members.set(String(key.value), written(value, source));
    }
    const keys = [...members.keys()].toSorted();
    return `{${keys.map((key) => `${JSON.stringify(key)}:${members.get(key)}`).join(',')}}`;
  }
  if (node.type === 'array') return `[${(node.children ?? []).map((item) => written(item, source)).join(',')}]`;
  const text = source.slice(node.offset, node.offset + node.length);
  if (node.type === 'number') return numberText(text);
  return node.type === 'string' ? JSON.stringify(node.value) : text;
}

/**
 * The form in which two JSON values are compared: no whitespace, keys sorted by UTF-16 unit, the last of equal keys,
 * numbers and escapes written one way. A string standing alone is its content, without quotes and escapes, and a text
 * that is no JSON is itself: what is compared then is what a reader would compare.
 */
export function canonicalText(json: string): string {
  const document = jsonDocument(json);
  if (!document) return json;
  return document.root.type === 'string' ? String(document.root.value) : written(document.root, json);
}
