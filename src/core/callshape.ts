import type { Call } from './types.ts';

/** The forms of a call, by the routes of the OpenAI API: /chat/completions, /completions and /responses. */
export type CallShape = 'chat' | 'completion' | 'responses';

/** By the field that holds the input; null where there is none. A stored prompt beside `input` is a field like others. */
export function shapeOf(call: Call): CallShape | null {
  if (call['messages'] !== undefined) return 'chat';
  if (call['input'] !== undefined) return 'responses';
  if (call['prompt'] !== undefined) return 'completion';
  return call['instructions'] !== undefined ? 'responses' : null;
}
