import { type Explain, type Fields, annotationOf, bare, isFields, unsupported } from './annotations.ts';
import { contentHolder } from './content.ts';
import type { Call } from './types.ts';

/** A text of the call that units are made of. */
export interface Slot {
  /** As in Unit.at. */
  at: string;
  role: string | null;
  /** Never empty. For a part that is no text, its type in brackets: `[image_url]`; for a tool, its JSON. */
  text: string;
  explain: Explain;
  label: string | null;
  /** Level of the one unit that the slot is where it is not split. */
  level: 'part' | 'message' | 'tool';
  /** Entries of the holder's list that make up the text; none where the holder is the text itself. */
  entries: readonly number[];
}

export type Path = readonly (string | number)[];

/** A value of the call that is rewritten as a whole when one of its slots changes. */
export interface Holder {
  path: Path;
  /** `text`: a string; `joined`: text parts sent as one string; `parts`: a list of content parts; `item`: never rewritten. */
  kind: 'text' | 'joined' | 'parts' | 'tools' | 'item';
  slots: readonly Slot[];
}

/** `prompt` and `instructions`: a string, or text parts that are sent as one. */
function textHolder(value: unknown, key: string, role: string | null): Holder[] {
  const slot = { role, label: null, level: 'part' as const };
  if (typeof value === 'string') {
    const whole: Slot = { ...slot, at: key, text: value, explain: 'split', entries: [] };
    return value === '' ? [] : [{ path: [key], kind: 'text', slots: [whole] }];
  }
  if (!Array.isArray(value)) return [];
  const slots = value.flatMap((part: unknown, i): Slot[] => {
    if (!isFields(part)) throw unsupported([key], 'one explanation explains one call: send a string or text parts, not prompts');
    const { type = 'text', text } = part;
    const isText = (type === 'text' || type === 'input_text') && typeof text === 'string';
    if (!isText) throw unsupported([key, i], 'must be a text part');
    const { explain, label } = annotationOf(part, [key, i]);
    return text === '' ? [] : [{ ...slot, at: `${key}[${i}]`, text, explain: explain ?? 'split', label, entries: [i] }];
  });
  return [{ path: [key], kind: 'joined', slots }];
}

/** A list item of `input` that carries no text which could be taken: a tool call, reasoning, a reference. */
function fixedItem(item: Fields, i: number): Holder {
  const { explain, label } = annotationOf(item, ['input', i]);
  const type = typeof item['type'] === 'string' ? item['type'] : 'item';
  if (explain === 'whole' || explain === 'split') {
    throw unsupported(['input', i, 'explain'], `an item of type ${type} can only be fixed`);
  }
  const role = typeof item['role'] === 'string' ? item['role'] : null;
  const slot: Slot = { at: `input[${i}]`, role, text: `[${type}]`, explain: 'fixed', label, level: 'part', entries: [] };
  return { path: ['input', i], kind: 'item', slots: [slot] };
}

const TOOL_OUTPUTS: ReadonlySet<unknown> = new Set(['function_call_output', 'custom_tool_call_output', 'local_shell_call_output', 'apply_patch_call_output']);

function itemHolder(item: unknown, i: number): Holder[] {
  if (!isFields(item)) throw unsupported(['input', i], 'must be an item of the Responses API');
  if (TOOL_OUTPUTS.has(item['type'])) return contentHolder(item, ['input', i], 'output', 'tool') ?? [fixedItem(item, i)];
  const isMessage = typeof item['role'] === 'string' && (item['type'] === undefined || item['type'] === 'message');
  return (isMessage ? contentHolder(item, ['input', i], 'content', item['role'] as string) : null) ?? [fixedItem(item, i)];
}

function messageHolder(message: unknown, i: number): Holder[] {
  if (!isFields(message)) return [];
  const role = typeof message['role'] === 'string' ? message['role'] : null;
  return contentHolder(message, ['messages', i], 'content', role) ?? [];
}

function toolsHolder(tools: readonly unknown[]): Holder {
  const slots = tools.flatMap((tool, i): Slot[] => {
    if (!isFields(tool)) return [];
    const { explain, label } = annotationOf(tool, ['tools', i]);
    if (explain === 'split') throw unsupported(['tools', i, 'explain'], 'a tool can be whole or fixed');
    const text = JSON.stringify(bare(tool));
    return [{ at: `tools[${i}]`, role: null, text, explain: explain ?? 'fixed', label, level: 'tool', entries: [i] }];
  });
  return { path: ['tools'], kind: 'tools', slots };
}

/**
 * Every place of a call that holds input, in the order of the input: instructions, then prompt, messages or items, then
 * tools. Names, ids and the tool calls of earlier answers are no places: the protocol needs them as they are.
 * @throws ProblemError unsupported_call for an input that one explanation cannot cover, or an annotation that cannot hold
 */
export function holdersOf(call: Call): Holder[] {
  const { instructions, prompt, messages, input, tools } = call;
  return [
    ...textHolder(instructions, 'instructions', 'system'),
    ...textHolder(prompt, 'prompt', null),
    ...(Array.isArray(messages) ? messages.flatMap(messageHolder) : []),
    ...(Array.isArray(input) ? input.flatMap(itemHolder) : textHolder(input, 'input', 'user')),
    ...(Array.isArray(tools) ? [toolsHolder(tools)] : []),
  ];
}
