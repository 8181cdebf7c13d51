import { describe, expect, it } from 'vitest';
import { type Slot, holdersOf } from '../../../src/core/slots.ts';
import type { Call } from '../../../src/core/types.ts';
import { ProblemError } from '../../../src/errors.ts';

const slotsOf = (call: Call): Slot[] => holdersOf(call).flatMap((holder) => [...holder.slots]);
const seen = (call: Call) => slotsOf(call).map(({ at, role, text, explain, label }) => [at, role, text, explain, label]);

function refusal(call: Call): [string, string | undefined] {
  try {
    holdersOf(call);
  } catch (error) {
    if (error instanceof ProblemError) return [error.code, error.faults[0]?.pointer];
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('chat', () => {
  it('a string content is one split text, for every role', () => {
    const roles = ['system', 'developer', 'user', 'assistant', 'tool'];
    const messages = roles.map((role) => ({ role, content: `${role} text`, name: 'n', tool_call_id: 't' }));
    const expected = roles.map((role, i) => [`messages[${i}].content`, role, `${role} text`, 'split', null]);
    expect(seen({ messages })).toEqual(expected);
  });

  it('parts say for themselves what becomes of them, else the message does', () => {
    const content = [
      { type: 'text', text: 'A', explain: 'whole', label: 'doc-a' },
      { type: 'text', text: 'B', label: 'doc-b' },
      { type: 'text', text: 'Q', explain: 'fixed' },
    ];
    expect(seen({ messages: [{ role: 'user', content }] })).toEqual([
      ['messages[0].content[0]', 'user', 'A', 'whole', 'doc-a'],
      ['messages[0].content[1]', 'user', 'B', 'split', 'doc-b'],
      ['messages[0].content[2]', 'user', 'Q', 'fixed', null],
    ]);
    const fixed = slotsOf({ messages: [{ role: 'user', explain: 'fixed', label: 'm', content }] });
    expect(fixed.map(({ explain, label }) => [explain, label])).toEqual([
      ['whole', 'doc-a'],
      ['fixed', 'doc-b'],
      ['fixed', 'm'],
    ]);
  });

  it('a whole message of several texts is one unit, without the parts that say otherwise', () => {
    const content = [
      { type: 'text', text: 'A ', label: 'a' },
      { type: 'image_url', image_url: { url: 'u' } },
      { type: 'text', text: 'B', label: 'b' },
      { type: 'text', text: '' },
      { type: 'text', text: 'Q', explain: 'fixed' },
    ];
    expect(seen({ messages: [{ role: 'user', explain: 'whole', content }] })).toEqual([
      ['messages[0]', 'user', 'A B', 'whole', 'a, b'],
      ['messages[0].content[1]', 'user', '[image_url]', 'fixed', null],
      ['messages[0].content[4]', 'user', 'Q', 'fixed', null],
    ]);
    const [together] = slotsOf({ messages: [{ role: 'user', explain: 'whole', label: 'm', content }] });
    expect(together).toMatchObject({ label: 'm', level: 'message', entries: [0, 2] });
  });

  it('a whole message of one text is that part', () => {
    const of = (content: unknown) => seen({ messages: [{ role: 'user', explain: 'whole', content }] });
    expect(of('A')).toEqual([['messages[0].content', 'user', 'A', 'whole', null]]);
    expect(of([{ type: 'text', text: 'A' }])).toEqual([['messages[0].content[0]', 'user', 'A', 'whole', null]]);
  });

  it('pictures, sound and files are fixed unless they are whole; a refusal is text', () => {
    const content = [
      { type: 'image_url', image_url: { url: 'u' }, explain: 'whole', label: 'map' },
      { type: 'input_audio', input_audio: {} },
      { type: 'refusal', refusal: 'No.' },
      { type: 'text' },
    ];
    expect(seen({ messages: [{ role: 'assistant', content }] })).toEqual([
      ['messages[0].content[0]', 'assistant', '[image_url]', 'whole', 'map'],
      ['messages[0].content[1]', 'assistant', '[input_audio]', 'fixed', null],
      ['messages[0].content[2]', 'assistant', 'No.', 'split', null],
      ['messages[0].content[3]', 'assistant', '[text]', 'fixed', null],
    ]);
  });

  it('there is nothing to take from a message without content', () => {
    const call = { id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } };
    const messages = [
      { role: 'assistant', content: null, tool_calls: [call] },
      { role: 'assistant', tool_calls: [call] },
      { role: 'user', content: '' },
      { role: 'user', content: [] },
    ];
    expect(slotsOf({ messages })).toEqual([]);
  });
});

describe('completions', () => {
  it('a prompt is a string, or text parts', () => {
    expect(seen({ prompt: 'P' })).toEqual([['prompt', null, 'P', 'split', null]]);
    const prompt = [{ text: 'A', label: 'a' }, { type: 'text', text: '' }, { type: 'input_text', text: 'B', explain: 'whole' }];
    expect(seen({ prompt })).toEqual([
      ['prompt[0]', null, 'A', 'split', 'a'],
      ['prompt[2]', null, 'B', 'whole', null],
    ]);
  });

  it('refuses several prompts, tokens and parts that are no text', () => {
    expect(refusal({ prompt: ['A', 'B'] })).toEqual(['unsupported_call', '/call/prompt']);
    expect(refusal({ prompt: [1, 2] })).toEqual(['unsupported_call', '/call/prompt']);
    expect(refusal({ prompt: [{ type: 'image_url', text: 'a' }] })).toEqual(['unsupported_call', '/call/prompt/0']);
  });
});

describe('responses', () => {
  it('instructions come first, and input may be a string', () => {
    expect(seen({ input: 'Q', instructions: 'I' })).toEqual([
      ['instructions', 'system', 'I', 'split', null],
      ['input', 'user', 'Q', 'split', null],
    ]);
    const instructions = [{ type: 'text', text: 'I', explain: 'fixed' }];
    expect(seen({ input: 'Q', instructions })[0]).toEqual(['instructions[0]', 'system', 'I', 'fixed', null]);
    expect(seen({ input: 'Q', instructions: null })).toHaveLength(1);
  });

  it('items: messages and outputs of tools have texts, the rest is fixed', () => {
    const input = [
      { role: 'user', content: 'A' },
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'B' }, { type: 'input_image' }] },
      { type: 'reasoning', id: 'r', summary: [] },
      { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' },
      { type: 'function_call_output', call_id: 'c', output: 'O', label: 'out' },
      { type: 'function_call_output', call_id: 'c', output: [{ type: 'input_text', text: 'P', explain: 'whole' }] },
      { type: 'item_reference', id: 'x' },
    ];
    expect(seen({ input })).toEqual([
      ['input[0].content', 'user', 'A', 'split', null],
      ['input[1].content[0]', 'assistant', 'B', 'split', null],
      ['input[1].content[1]', 'assistant', '[input_image]', 'fixed', null],
      ['input[2]', null, '[reasoning]', 'fixed', null],
      ['input[3]', null, '[function_call]', 'fixed', null],
      ['input[4].output', 'tool', 'O', 'split', 'out'],
      ['input[5].output[0]', 'tool', 'P', 'whole', null],
      ['input[6]', null, '[item_reference]', 'fixed', null],
    ]);
  });

  it('an item that the protocol needs cannot be taken', () => {
    const item = { type: 'function_call', explain: 'whole' };
    expect(refusal({ input: [item] })).toEqual(['unsupported_call', '/call/input/0/explain']);
    expect(refusal({ input: ['a'] })).toEqual(['unsupported_call', '/call/input/0']);
  });
});

describe('tools', () => {
  const tool = { type: 'function', function: { name: 'f', parameters: {} } };

  it('are fixed unless they are whole; their text is their JSON without annotations', () => {
    expect(seen({ prompt: 'P', tools: [{ ...tool, explain: 'whole', label: 't' }, tool] }).slice(1)).toEqual([
      ['tools[0]', null, JSON.stringify(tool), 'whole', 't'],
      ['tools[1]', null, JSON.stringify(tool), 'fixed', null],
    ]);
  });

  it('cannot be split, nor can a picture', () => {
    expect(refusal({ tools: [{ ...tool, explain: 'split' }] })).toEqual(['unsupported_call', '/call/tools/0/explain']);
    const messages = [{ role: 'user', content: [{ type: 'file', explain: 'split' }] }];
    expect(refusal({ messages })).toEqual(['unsupported_call', '/call/messages/0/content/0/explain']);
  });
});

it('refuses annotations that mean nothing, where the schema does not look', () => {
  const part = { type: 'input_text', text: 'P' };
  const of = (note: object) => refusal({ input: [{ type: 'function_call_output', output: [{ ...part, ...note }] }] });
  expect(of({ explain: 'maybe' })).toEqual(['validation_failed', '/call/input/0/output/0/explain']);
  expect(of({ label: 1 })).toEqual(['validation_failed', '/call/input/0/output/0/label']);
});
