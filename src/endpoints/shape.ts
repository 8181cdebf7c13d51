import type { Call } from '../core/types.ts';

/** By the field that holds the input: which route a call belongs to; null when it has none. */
export function shapeOf(call: Call): 'chat' | 'completion' | 'responses' | null {
  if (call['messages'] !== undefined) return 'chat';
  if (call['prompt'] !== undefined) return 'completion';
  return call['input'] !== undefined || call['instructions'] !== undefined ? 'responses' : null;
}
