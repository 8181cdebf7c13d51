import { type Annotation, type Fields, annotationOf, isFields, unsupported } from './annotations.ts';
import type { Holder, Path, Slot } from './slots.ts';

/** Types of content parts that are text, and the field that holds it. */
const TEXT_FIELDS: ReadonlyMap<unknown, string> = new Map([
  ['text', 'text'],
  ['input_text', 'text'],
  ['output_text', 'text'],
  ['refusal', 'refusal'],
]);

/** The field that holds a part's text; null for images, sound, files and whatever else is no text. */
export function textFieldOf(part: Fields): string | null {
  const field = TEXT_FIELDS.get(part['type']);
  return field !== undefined && typeof part[field] === 'string' ? field : null;
}

/** `messages[1]` for the path of the message. */
function placeOf(path: Path): string {
  return path.map((key) => (typeof key === 'number' ? `[${key}]` : key)).join('');
}

interface Owner {
  path: Path;
  /** The field of the owner that holds the content. */
  key: string;
  role: string | null;
  annotation: Annotation;
}

/** Text parts that a message with `explain: whole` makes one unit of. */
interface Governed {
  entries: number[];
  texts: string[];
  labels: string[];
}

function otherSlot(owner: Owner, part: Fields, own: Annotation, i: number): Slot {
  const type = typeof part['type'] === 'string' ? part['type'] : 'part';
  const path = [...owner.path, owner.key, i];
  if (own.explain === 'split') throw unsupported([...path, 'explain'], `a part of type ${type} can be whole or fixed`);
  const at = `${placeOf(owner.path)}.${owner.key}[${i}]`;
  const slot = { at, role: owner.role, label: own.label, level: 'part' as const, entries: [i] };
  return { ...slot, text: `[${type}]`, explain: own.explain ?? 'fixed' };
}

function textSlot(owner: Owner, text: string, own: Annotation, i: number): Slot {
  const { annotation, role } = owner;
  const at = `${placeOf(owner.path)}.${owner.key}[${i}]`;
  const label = own.label ?? annotation.label;
  return { at, role, text, explain: own.explain ?? annotation.explain ?? 'split', label, level: 'part', entries: [i] };
}

function wholeSlot(owner: Owner, { entries, texts, labels }: Governed): Slot {
  const label = owner.annotation.label ?? (labels.join(', ') || null);
  const slot = { at: placeOf(owner.path), role: owner.role, label, level: 'message' as const, entries };
  return { ...slot, text: texts.join(''), explain: 'whole' };
}

function partSlots(owner: Owner, parts: readonly unknown[]): Slot[] {
  const read = parts.map((part, i) => {
    if (!isFields(part)) throw unsupported([...owner.path, owner.key, i], 'must be a content part');
    const field = textFieldOf(part);
    const own = annotationOf(part, [...owner.path, owner.key, i]);
    return { part, own, text: field === null ? null : (part[field] as string) };
  });
  const governed: Governed = { entries: [], texts: [], labels: [] };
  for (const [i, { text, own }] of read.entries()) {
    if (owner.annotation.explain !== 'whole' || own.explain !== null || !text) continue;
    governed.entries.push(i);
    governed.texts.push(text);
    if (own.label !== null) governed.labels.push(own.label);
  }
  const together = new Set(governed.entries.length > 1 ? governed.entries : []);
  return read.flatMap(({ part, text, own }, i) => {
    if (text === '') return [];
    if (together.has(i)) return i === governed.entries[0] ? [wholeSlot(owner, governed)] : [];
    return [text === null ? otherSlot(owner, part, own, i) : textSlot(owner, text, own, i)];
  });
}

/**
 * The content of a message or of a tool's output, as the place that holds its texts.
 * @param fields the message or item; its own `explain` and `label` hold for all its text parts that say nothing else
 * @returns null where the content is neither a string nor a list of parts; [] where it has no text
 */
export function contentHolder(fields: Fields, path: Path, key: string, role: string | null): Holder[] | null {
  const value = fields[key];
  const annotation = annotationOf(fields, path);
  const owner: Owner = { path, key, role, annotation };
  if (typeof value === 'string') {
    const { label, explain } = annotation;
    const slot = { at: `${placeOf(path)}.${key}`, role, text: value, label, level: 'part' as const, entries: [] };
    return value === '' ? [] : [{ path: [...path, key], kind: 'text', slots: [{ ...slot, explain: explain ?? 'split' }] }];
  }
  if (!Array.isArray(value)) return null;
  return [{ path: [...path, key], kind: 'parts', slots: partSlots(owner, value) }];
}
