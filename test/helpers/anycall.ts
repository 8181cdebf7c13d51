import fc from 'fast-check';
import type { Call } from '../../src/core/types.ts';
import { anyText } from './anytext.ts';

/*
 * Calls of every shape that OpenAI-compatible clients send, annotated anyhow.
 */

const labels = fc.option(fc.constantFrom('a', 'doc', 'é😀'), { nil: undefined });

/** Adds annotations or none; keys stand at the end, as callers write them. */
function annotated(fields: object, explain: string | undefined, label: string | undefined): Record<string, unknown> {
  return { ...fields, ...(explain === undefined ? {} : { explain }), ...(label === undefined ? {} : { label }) };
}

const annotation = (...kinds: string[]) => fc.tuple(fc.option(fc.constantFrom(...kinds), { nil: undefined }), labels);
const text = fc.oneof({ weight: 4, arbitrary: anyText }, fc.constantFrom('One. Two. Three.', 'A one.\n- b\n- c\n\nD?'));

function partsOf(textType: string, otherType: string): fc.Arbitrary<Record<string, unknown>[]> {
  const textPart = fc.tuple(text, annotation('whole', 'split', 'fixed')).map(([value, note]) => annotated({ type: textType, text: value }, ...note));
  const otherPart = annotation('whole', 'fixed').map((note) => annotated({ type: otherType, [otherType]: { url: 'https://x' } }, ...note));
  return fc.array(fc.oneof({ weight: 4, arbitrary: textPart }, otherPart), { maxLength: 4 });
}

const textParts = fc.array(
  fc.tuple(text, annotation('whole', 'split', 'fixed')).map(([value, note]) => annotated({ type: 'text', text: value }, ...note)),
  { minLength: 1, maxLength: 4 },
);

const toolCall = { id: 'call_1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } };

const message = fc
  .tuple(fc.constantFrom('system', 'user', 'assistant', 'tool'), fc.oneof(text, partsOf('text', 'image_url'), fc.constant(null)), annotation('whole', 'split', 'fixed'))
  .map(([role, content, note]) => {
    const protocol = role === 'tool' ? { tool_call_id: 'call_1' } : role === 'assistant' ? { tool_calls: [toolCall] } : { name: 'n' };
    return annotated({ role, content, ...protocol }, ...note);
  });

const item = fc.oneof(
  fc
    .tuple(fc.constantFrom('user', 'assistant'), fc.oneof(text, partsOf('input_text', 'input_image')), annotation('whole', 'split', 'fixed'))
    .map(([role, content, note]) => annotated({ type: 'message', role, content }, ...note)),
  fc
    .tuple(fc.oneof(text, partsOf('input_text', 'input_file')), annotation('whole', 'split', 'fixed'))
    .map(([output, note]) => annotated({ type: 'function_call_output', call_id: 'call_1', output }, ...note)),
  fc.constantFrom({ type: 'function_call', call_id: 'call_1', name: 'f', arguments: '{}' }, { type: 'reasoning', id: 'r', summary: [] }),
);

const names = fc.constantFrom('f', 'g', 'h');
const chatTool = fc.tuple(names, annotation('whole', 'fixed')).map(([name, note]) => annotated({ type: 'function', function: { name, parameters: {} } }, ...note));
const responsesTool = fc.oneof(
  fc.tuple(names, annotation('whole', 'fixed')).map(([name, note]) => annotated({ type: 'function', name, parameters: {} }, ...note)),
  annotation('whole', 'fixed').map((note) => annotated({ type: 'web_search' }, ...note)),
);

const words = fc.constantFrom<unknown>('auto', 'none', 'required', undefined);
const chatName = names.map((name) => ({ type: 'function', function: { name } }));
const responsesName = fc.oneof(
  names.map((name) => ({ type: 'function', name })),
  fc.constant({ type: 'web_search' }),
);
const chatChoice = fc.oneof(words, chatName, fc.array(chatName).map((tools) => ({ type: 'allowed_tools', allowed_tools: { mode: 'required', tools } })));
const responsesChoice = fc.oneof(words, responsesName, fc.array(responsesName).map((tools) => ({ type: 'allowed_tools', mode: 'auto', tools })));

function withTools(tool: fc.Arbitrary<unknown>, choice: fc.Arbitrary<unknown>): fc.Arbitrary<object> {
  const given = fc
    .tuple(fc.array(tool, { minLength: 1, maxLength: 4 }), choice)
    .map(([tools, named]) => ({ tools, ...(named === undefined ? {} : { tool_choice: named }), parallel_tool_calls: true }));
  return fc.oneof(fc.constant({}), given);
}

const chat = fc
  .tuple(fc.array(message, { minLength: 1, maxLength: 4 }), withTools(chatTool, chatChoice))
  .map(([messages, tools]) => ({ model: 'm', messages, ...tools, temperature: 0 }));
const completions = fc.oneof(text, textParts).map((prompt) => ({ model: 'm', prompt, max_tokens: 5 }));
const responses = fc
  .tuple(fc.oneof(text, fc.array(item, { minLength: 1, maxLength: 4 })), fc.oneof(text, textParts, fc.constant(null)), withTools(responsesTool, responsesChoice))
  .map(([input, instructions, tools]) => ({ model: 'm', instructions, input, ...tools, store: false }));

export const anyCall: fc.Arbitrary<Call> = fc.oneof({ weight: 2, arbitrary: chat }, completions, responses);
