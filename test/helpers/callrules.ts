import type { Call } from '../../src/core/types.ts';

/*
 * What a rendered call must be, written without any of the code under test.
 */

type Json = null | string | number | boolean | Json[] | { [key: string]: Json };
export type Fields = { [key: string]: Json };

export const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
export const list = (value: unknown): Json[] => (Array.isArray(value) ? (value as Json[]) : []);

function plain(value: Json): Json {
  if (!isFields(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== 'explain' && key !== 'label'));
}

function plainDeep(value: Json): Json {
  if (!isFields(value)) return value;
  const partsOf = ([key, inner]: [string, Json]): [string, Json] =>
    Array.isArray(inner) && (key === 'content' || key === 'output') ? [key, inner.map(plain)] : [key, inner];
  return Object.fromEntries(Object.entries(plain(value) as Fields).map(partsOf));
}

const textsOfPart = (part: Json): string[] => {
  if (!isFields(part)) return [];
  return [part['text'], part['refusal']].filter((text) => typeof text === 'string');
};
const isSaid = (part: Json): boolean => isFields(part) && (part['type'] === 'output_text' || part['type'] === 'refusal');

/** What should be sent of a call in which all is present, written without any of the code under test. */
export function withoutAnnotations(call: Call): Json {
  const entries = Object.entries(call as Fields).map(([key, value]): [string, Json] => {
    if (!Array.isArray(value)) return [key, value];
    if (key === 'prompt' || key === 'instructions') return [key, value.flatMap(textsOfPart).join('')];
    return [key, value.map(plainDeep)];
  });
  return Object.fromEntries(entries);
}

export const textsOf = (content: Json | undefined): string[] =>
  typeof content === 'string' ? [content] : list(content).flatMap(textsOfPart);

const json = (value: unknown): string => JSON.stringify(value);
const TOOL_FIELDS: readonly string[] = ['tools', 'tool_choice', 'parallel_tool_calls'];
const emptyParts = (content: Json | undefined): number =>
  Array.isArray(content) ? textsOf(content).filter((text) => text === '').length : 0;
const isPart = (part: Json): boolean =>
  isFields(part) && typeof part['type'] === 'string' && !('explain' in part) && !('label' in part);

/** Citations and the like point into a text: they may stand beside that text alone. */
function pointsElsewhere(part: Json, given: readonly Json[]): boolean {
  if (!isFields(part) || !list(part['annotations']).length) return false;
  return !given.some((each) => json(plain(each)) === json(part));
}

/** What is wrong with what a model has said, as an item of the Responses API. */
function saidFaults(now: Json | undefined, then: Json | undefined): string[] {
  if (!list(then).some(isSaid)) return [];
  if (!Array.isArray(now) || now.length === 0) return ['what was said is no list any more'];
  const lacks = now.some((part) => isFields(part) && part['type'] === 'output_text' && !Array.isArray(part['annotations']));
  return [...(lacks ? ['lost its annotations'] : []), ...(now.some((part) => pointsElsewhere(part, list(then))) ? ['annotations of another text'] : [])];
}

/** What is wrong with a rendered message or item, given the caller's. */
function entryFaults(entry: Json, given: Json): string[] {
  const own = plain(given) as Fields;
  const place = own['type'] === 'function_call_output' ? 'output' : 'content';
  const { [place]: now, ...rest } = entry as Fields;
  const { [place]: then, ...kept } = own;
  const checks: [string, boolean][] = [
    ['changed beside its text', json(rest) !== json(kept)],
    ['has other keys', json(Object.keys(entry as Fields)) !== json(Object.keys(own))],
    ['lost its content', (now === null) !== (then === null)],
    ['is an empty list', Array.isArray(now) && now.length === 0 && list(then).length > 0],
    ['has a part that is none', !list(now).every(isPart)],
    // what was said must stay a list, so where all is lost one empty part stays
    ['has an emptied part', emptyParts(now) > emptyParts(then) && !(list(then).some(isSaid) && list(now).length === 1)],
  ];
  return [...checks.filter(([, wrong]) => wrong).map(([what]) => what), ...(own['type'] === 'message' ? saidFaults(now, then) : [])];
}

/** Faults of a rendered call that an endpoint would refuse. */
export function faultsOf(call: Call, rendered: Call): string[] {
  const faults: string[] = [];
  const keys = Object.keys(call).filter((key) => !TOOL_FIELDS.includes(key));
  if (json(Object.keys(rendered).filter((key) => !TOOL_FIELDS.includes(key))) !== json(keys)) faults.push('has other keys');
  for (const key of ['messages', 'input']) {
    const before = list(call[key]);
    const after = list(rendered[key]);
    if (after.length !== before.length) faults.push(`${key} lost or won an entry`);
    faults.push(...after.flatMap((entry, i) => entryFaults(entry, before[i] ?? null)));
  }
  for (const key of ['prompt', 'instructions']) {
    if (call[key] !== undefined && call[key] !== null && typeof rendered[key] !== 'string') faults.push(`${key} is no text`);
  }
  const texts = new Set(['messages', 'input', 'prompt', 'instructions', ...TOOL_FIELDS]);
  for (const key of keys) if (!texts.has(key) && json(rendered[key]) !== json(call[key])) faults.push(`${key} changed`);
  return [...faults, ...toolFaults(call, rendered), ...formatFaults(call, rendered)];
}

const mentions = ({ messages, input }: Call): boolean => {
  const entries = [...list(messages), ...list(input)].filter(isFields);
  const texts = entries.flatMap((entry) => [...textsOf(entry['content']), ...textsOf(entry['output'])]);
  return [...texts, typeof input === 'string' ? input : ''].some((text) => /json/i.test(text));
};

/** OpenAI takes `json_object` only where the messages have the word. */
function formatFaults(call: Call, rendered: Call): string[] {
  const { response_format: format, text } = call as Fields;
  const said = format ?? (isFields(text) ? text['format'] : null);
  if (!isFields(said) || said['type'] !== 'json_object' || !mentions(call)) return [];
  return mentions(rendered) ? [] : ['json_object without the word JSON'];
}

function nameOf(tool: Json): string {
  if (!isFields(tool)) return '';
  const { type = null, name = null, function: inner = null } = tool;
  const kind = typeof type === 'string' ? type.replace(/_\d{4}(_\d{2}){2}$/, '') : type;
  return json([kind, isFields(inner) ? inner['name'] : name]);
}

/** Names in a `tool_choice`, a list of allowed tools included. */
function chosenNames(choice: Json): string[] {
  if (!isFields(choice)) return [];
  if (choice['type'] !== 'allowed_tools') return [nameOf(choice)];
  const { allowed_tools: inner = null } = choice;
  return list(isFields(inner) ? inner['tools'] : choice['tools']).map(nameOf);
}

function toolFaults(call: Call, rendered: Call): string[] {
  if (!('tools' in rendered)) return TOOL_FIELDS.filter((key) => key in rendered);
  const own = list(call['tools']);
  const tools = list(rendered['tools']);
  const had = new Set(own.map(nameOf));
  const has = new Set(tools.map(nameOf));
  const given = new Set(own.map((tool) => json(plain(tool))));
  const named = chosenNames((rendered['tool_choice'] ?? null) as Json);
  return [
    ...(tools.length === 0 ? ['no tools'] : []),
    ...(tools.every((tool) => given.has(json(tool))) ? [] : ['a tool changed']),
    ...(named.some((name) => had.has(name) && !has.has(name)) ? ['tool_choice names a tool that is gone'] : []),
  ];
}
