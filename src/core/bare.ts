import { bare, isFields } from './annotations.ts';
import type { Call } from './types.ts';

/** `list.map(change)`, but the same list where nothing changed. */
function mapped(list: readonly unknown[], change: (entry: unknown) => unknown): readonly unknown[] {
  const result = list.map(change);
  return result.some((entry, i) => entry !== list[i]) ? result : list;
}

function barePart(part: unknown): unknown {
  return isFields(part) ? bare(part) : part;
}

/** A message or item without annotations, its own and those of its parts. */
function bareItem(item: unknown): unknown {
  if (!isFields(item)) return item;
  const own = bare(item);
  const changed: Record<string, unknown> = {};
  for (const key of ['content', 'output']) {
    const value = own[key];
    if (!Array.isArray(value)) continue;
    const parts = mapped(value, barePart);
    if (parts !== value) changed[key] = parts;
  }
  return Object.keys(changed).length === 0 ? own : { ...own, ...changed };
}

/** Text parts as the one string that is sent. */
function joined(parts: readonly unknown[]): string {
  return parts.map((part) => (isFields(part) && typeof part['text'] === 'string' ? part['text'] : '')).join('');
}

/**
 * The call as the caller's client would send it: no annotations, text parts of `prompt` and `instructions` joined. Key
 * order and strings are the caller's; what did not change is the very same object.
 */
export function bareCall(call: Call): Call {
  const result: Record<string, unknown> = { ...call };
  for (const key of ['prompt', 'instructions']) if (Array.isArray(call[key])) result[key] = joined(call[key]);
  for (const key of ['messages', 'input']) if (Array.isArray(call[key])) result[key] = mapped(call[key], bareItem);
  if (Array.isArray(call['tools'])) result['tools'] = mapped(call['tools'], barePart);
  return result;
}
