import { isFields } from './annotations.ts';
import { shapeOf } from './callshape.ts';
import type { Call, Unit } from './types.ts';

const WORD = /json/i;

/** Whether the answer is to be any JSON object; a schema asks for no word. */
function wantsObject(call: Call): boolean {
  const { response_format: format, text } = call;
  const said = format ?? (isFields(text) ? text['format'] : null);
  return isFields(said) && said['type'] === 'json_object';
}

/**
 * The unit that must stay for a call to be taken: OpenAI refuses `json_object` where no message has the word JSON in it,
 * and an instruction does not count. Where only perturbable units have it, it is the last of them.
 * @returns its place in the list; null where none is needed
 */
export function needed(call: Call, units: readonly Unit[]): number | null {
  if (!wantsObject(call)) return null;
  const field = shapeOf(call) === 'responses' ? 'input' : 'messages';
  const has = ({ at, level, text }: Unit): boolean => level !== 'tool' && at.startsWith(field) && WORD.test(text);
  if (units.some((unit) => unit.fixed && has(unit))) return null;
  const last = units.findLastIndex(has);
  return last < 0 ? null : last;
}
