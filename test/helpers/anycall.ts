import fc from 'fast-check';
import type { Call } from '../../src/core/types.ts';
import { anyText } from './anytext.ts';

/*
 * Calls of every shape that OpenAI-compatible clients send, annotated anyhow.
 */

const labels = fc.option(fc.constantFrom('a', 'doc', 'é😀'), { nil: undefined });

type Note = [explain: string | undefined, label: string | undefined];
type Fields = Record<string, unknown>;

/** Adds annotations or none; they stand at the end, as callers write them. */
function annotated(fields: object, [explain, label]: Note): Fields {
  return { ...fields, ...(explain === undefined ? {} : { explain }), ...(label === undefined ? {} : { label }) };
}

const note = (...kinds: string[]): fc.Arbitrary<Note> =>
  fc.tuple(fc.option(fc.constantFrom(...kinds), { nil: undefined }), labels);
const anyNote = note('whole', 'split', 'fixed');
const wholeOrFixed = note('whole', 'fixed');
const text = fc.oneof({ weight: 4, arbitrary: anyText }, fc.constantFrom('One. Two. Three.', 'Answer in JSON. Be brief.', 'Two Json objects. No more.', 'A one.\n- b\n- c\n\nD?'));

const textPart = (type: string): fc.Arbitrary<Fields> =>
  fc.tuple(text, anyNote).map(([value, noted]) => annotated({ type, text: value }, noted));

function partsOf(textType: string, otherType: string): fc.Arbitrary<Fields[]> {
  const other = wholeOrFixed.map((noted) => annotated({ type: otherType, [otherType]: { url: 'https://x' } }, noted));
  return fc.array(fc.oneof({ weight: 4, arbitrary: textPart(textType) }, other), { maxLength: 4 });
}

const textParts = fc.array(textPart('text'), { minLength: 1, maxLength: 4 });

const toolCall = { id: 'call_1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } };
const roles = fc.constantFrom('system', 'user', 'assistant', 'tool');

/** What a message of a role carries beside its content. */
function protocolOf(role: string): object {
  if (role === 'tool') return { tool_call_id: 'call_1' };
  return role === 'assistant' ? { tool_calls: [toolCall] } : { name: 'n' };
}

const message = fc
  .tuple(roles, fc.oneof(text, partsOf('text', 'image_url'), fc.constant(null)), anyNote)
  .map(([role, content, noted]) => annotated({ role, content, ...protocolOf(role) }, noted));

const messageItem = fc
  .tuple(fc.constantFrom('user', 'assistant', 'developer'), fc.oneof(text, partsOf('input_text', 'input_image')), anyNote)
  .map(([role, content, noted]) => annotated({ type: 'message', role, content: role === 'assistant' && typeof content !== 'string' ? 'Said. Before.' : content }, noted));
const citation = { type: 'url_citation', start_index: 0, end_index: 1, url: 'https://x', title: 'x' };
const saidPart = fc
  .tuple(text, fc.constantFrom([], [citation]), fc.boolean(), anyNote)
  .map(([value, annotations, refused, noted]) => annotated(refused ? { type: 'refusal', refusal: value } : { type: 'output_text', text: value, annotations, logprobs: [] }, noted));
/** What a model has said before, as it came. */
const saidItem = fc
  .tuple(fc.array(saidPart, { minLength: 1, maxLength: 3 }), anyNote)
  .map(([content, noted]) => annotated({ type: 'message', id: 'msg_1', status: 'completed', role: 'assistant', content }, noted));
const outputItem = fc
  .tuple(fc.oneof(text, partsOf('input_text', 'input_file')), anyNote)
  .map(([output, noted]) => annotated({ type: 'function_call_output', call_id: 'call_1', output }, noted));
const otherItem = fc.constantFrom<Fields>(
  { type: 'function_call', call_id: 'call_1', name: 'f', arguments: '{}' },
  { type: 'reasoning', id: 'r', summary: [] },
);
const item = fc.oneof(messageItem, saidItem, outputItem, otherItem);

const names = fc.constantFrom('f', 'g', 'h');
const chatTool = fc
  .tuple(names, wholeOrFixed)
  .map(([name, noted]) => annotated({ type: 'function', function: { name, parameters: {} } }, noted));
const namedTool = fc
  .tuple(names, wholeOrFixed)
  .map(([name, noted]) => annotated({ type: 'function', name, parameters: {} }, noted));
const hostedTool = fc.tuple(fc.constantFrom('web_search', 'web_search_2025_08_26'), wholeOrFixed).map(([type, noted]) => annotated({ type }, noted));

const words = fc.constantFrom<unknown>('auto', 'none', 'required', undefined);
const chatName = names.map((name) => ({ type: 'function', function: { name } }));
const chatAllowed = fc.array(chatName).map((tools) => ({ type: 'allowed_tools', allowed_tools: { mode: 'required', tools } }));
const chatChoice = fc.oneof(words, chatName, chatAllowed);
const responsesName = fc.oneof(names.map((name) => ({ type: 'function', name })), fc.constant({ type: 'web_search' }));
const responsesAllowed = fc.array(responsesName).map((tools) => ({ type: 'allowed_tools', mode: 'auto', tools }));
const responsesChoice = fc.oneof(words, responsesName, responsesAllowed);

function withTools(tool: fc.Arbitrary<unknown>, choice: fc.Arbitrary<unknown>): fc.Arbitrary<object> {
  const given = fc
    .tuple(fc.array(tool, { minLength: 1, maxLength: 4 }), choice)
    .map(([tools, named]) => ({ tools, ...(named === undefined ? {} : { tool_choice: named }), parallel_tool_calls: true }));
  return fc.oneof(fc.constant({}), given);
}

const schema = { name: 's', strict: true, schema: { type: 'object', properties: {}, additionalProperties: false } };
const chatFormat = fc.constantFrom({}, { response_format: { type: 'json_object' } }, { response_format: { type: 'json_schema', json_schema: schema } });
const responsesFormat = fc.constantFrom({}, { text: { format: { type: 'json_object' }, verbosity: 'low' } }, { text: { format: { type: 'json_schema', ...schema } } });

const chat = fc
  .tuple(fc.array(message, { minLength: 1, maxLength: 4 }), withTools(chatTool, chatChoice), chatFormat)
  .map(([messages, tools, format]) => ({ model: 'm', messages, ...tools, ...format, temperature: 0 }));
const completions = fc.oneof(text, textParts).map((prompt) => ({ model: 'm', prompt, max_tokens: 5 }));
const input = fc.oneof(text, fc.array(item, { minLength: 1, maxLength: 4 }));
const instructions = fc.oneof(text, textParts, fc.constant(null));
const responses = fc
  .tuple(input, instructions, withTools(fc.oneof(namedTool, hostedTool), responsesChoice), responsesFormat)
  .map(([given, rules, tools, format]) => ({ model: 'm', instructions: rules, input: given, ...tools, ...format, store: false }));

/** Calls by their shape. */
export const callsOf: Readonly<Record<'chat' | 'completion' | 'responses', fc.Arbitrary<Call>>> = { chat, completion: completions, responses };

export const anyCall: fc.Arbitrary<Call> = fc.oneof({ weight: 2, arbitrary: chat }, completions, responses);
