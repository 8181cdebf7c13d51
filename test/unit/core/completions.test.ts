import { describe, expect, it } from 'vitest';
import { completionFrom } from '../../../src/core/completions.ts';
import { ProblemError } from '../../../src/errors.ts';

const chat = (message: unknown, finish_reason: unknown = 'stop') => ({
  object: 'chat.completion',
  choices: [{ index: 0, message, finish_reason }],
});
const called = (name: string, args: unknown) => ({ id: 'c1', type: 'function', function: { name, arguments: args } });

describe('a string', () => {
  it.each(['Paris', '', '  {"a": 1}\n'])('is the text as it stands: %j', (text) => {
    expect(completionFrom(text)).toEqual({ text, toolCalls: [], finishReason: null });
  });
});

describe('a reply of /chat/completions', () => {
  it('gives its content', () => {
    expect(
      completionFrom(chat({ role: 'assistant', content: 'Paris' }))
    ).toEqual({ text: 'Paris', toolCalls: [], finishReason: 'stop' });
  });

  it('joins text parts and leaves thinking out', () => {
    const content = [{ type: 'thinking', thinking: [], text: 'hm' }, { type: 'text', text: 'Pa' }, { type: 'text', text: 'ris' }];
    expect(completionFrom(chat({ content })).text).toBe('Paris');
  });

  it('takes the first of several choices, whatever the others are', () => {
    const body = { choices: [{ message: { content: 'one' }, finish_reason: 'length' }, { message: 7 }] };
    expect(completionFrom(body)).toEqual({ text: 'one', toolCalls: [], finishReason: 'length' });
  });

  it('writes tool calls as one JSON line each when there is no text', () => {
    const message = {
      content: null,
      tool_calls: [called('weather', '{\n  "city": "Köln",\n  "days": 1.0\n}'), called('note', 'not json')],
    };
    expect(completionFrom(chat(message, 'tool_calls'))).toEqual({
      text: '{"name":"weather","arguments":{"city":"Köln","days":1.0}}\n{"name":"note","arguments":"not json"}',
      toolCalls: [
        { name: 'weather', arguments: '{\n  "city": "Köln",\n  "days": 1.0\n}' },
        { name: 'note', arguments: 'not json' },
      ],
      finishReason: 'tool_calls',
    });
  });

  it('counts blank text before tool calls as none, and keeps real text', () => {
    expect(completionFrom(chat({ content: '\n\n', tool_calls: [called('f', '{}')] })).text).toBe('{"name":"f","arguments":{}}');
    expect(completionFrom(chat({ content: 'Let me look.', tool_calls: [called('f', '{}')] })).text).toBe('Let me look.');
  });

  it('takes arguments that a server sent as an object', () => {
    expect(
      completionFrom(chat({ tool_calls: [called('f', { a: [1] })] })).toolCalls
    ).toEqual([{ name: 'f', arguments: '{"a":[1]}' }]);
  });

  it('takes custom tools and the old function_call', () => {
    const custom = { id: 'c', type: 'custom', custom: { name: 'sql', input: 'select 1' } };
    expect(completionFrom(chat({ content: null, tool_calls: [custom] }))).toMatchObject({
      text: '{"name":"sql","arguments":"select 1"}',
      toolCalls: [{ name: 'sql', arguments: 'select 1' }],
    });
    expect(
      completionFrom(chat({ content: null, function_call: { name: 'f', arguments: '' } })).text
    ).toBe('{"name":"f","arguments":""}');
  });

  it('gives a refusal where there is no content', () => {
    expect(completionFrom(chat({ content: null, refusal: 'I cannot.' })).text).toBe('I cannot.');
    expect(completionFrom(chat({ content: [{ type: 'refusal', refusal: 'No.' }] })).text).toBe('No.');
    expect(completionFrom(chat({ content: 'Yes', refusal: null })).text).toBe('Yes');
  });

  it('takes an answer of nothing', () => {
    expect(
      completionFrom(chat({ role: 'assistant', content: null }, 'content_filter'))
    ).toEqual({ text: '', toolCalls: [], finishReason: 'content_filter' });
  });
});

it('reads a reply of /completions', () => {
  const body = {
    object: 'text_completion',
    choices: [{ text: ' Paris', index: 0, logprobs: null, finish_reason: 'stop' }, { text: 'x' }],
  };
  expect(completionFrom(body)).toEqual({ text: ' Paris', toolCalls: [], finishReason: 'stop' });
});

describe('a reply of /responses', () => {
  const said = (text: string) => ({
    type: 'message',
    role: 'assistant',
    content: [{ type: 'output_text', text, annotations: [] }],
  });

  it('joins the output texts and leaves other items out', () => {
    const body = {
      object: 'response',
      status: 'completed',
      output: [{ type: 'reasoning', summary: [{ text: 'x' }] }, said('Pa'), said('ris')],
    };
    expect(completionFrom(body)).toEqual({ text: 'Paris', toolCalls: [], finishReason: 'stop' });
  });

  it('reads function calls and custom tool calls', () => {
    const output = [
      { type: 'function_call', call_id: 'c', name: 'f', arguments: '{"a": 1}' },
      { type: 'custom_tool_call', name: 'g', input: 'x' },
    ];
    expect(completionFrom({ status: 'completed', output })).toEqual({
      text: '{"name":"f","arguments":{"a":1}}\n{"name":"g","arguments":"x"}',
      toolCalls: [{ name: 'f', arguments: '{"a": 1}' }, { name: 'g', arguments: 'x' }],
      finishReason: 'tool_calls',
    });
  });

  it('takes the output_text shorthand, with or without items', () => {
    expect(completionFrom({ output_text: 'Paris' }).text).toBe('Paris');
    expect(completionFrom({ output: [said('Paris')], output_text: 'Paris' }).text).toBe('Paris');
  });

  it('names why it was cut in the words of chat', () => {
    const cut = (reason: string) => {
      const body = { status: 'incomplete', incomplete_details: { reason }, output: [said('P')] };
      return completionFrom(body).finishReason;
    };
    expect([cut('max_output_tokens'), cut('content_filter')]).toEqual(['length', 'content_filter']);
  });

  it('gives a refusal', () => {
    expect(completionFrom({ output: [{ type: 'message', content: [{ type: 'refusal', refusal: 'No.' }] }] }).text).toBe('No.');
  });
});

describe('anything else is validation_failed at /completion', () => {
  it.each([
    [null], [7], [['Paris']], [{}], [{ choices: [] }], [{ choices: 'x' }], [{ choices: [{ index: 0 }] }], [{ choices: [null] }],
    [chat({ content: 7 })], [chat('secret text')],
    [chat({ tool_calls: [{ id: 'x' }] })], [chat({ tool_calls: [called('f', 3)] })],
    [{ choices: [{ delta: { content: 'Pa' } }] }], [{ output: [{ type: 'message', content: 5 }] }], [{ output: ['x'] }],
    [{ output: [{ type: 'function_call', name: 'f' }] }], [{ error: { message: 'overloaded' }, choices: [{ text: 'x' }] }],
  ])('%j', (body) => {
    let thrown: unknown;
    try {
      completionFrom(body);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(ProblemError);
    const problem = thrown as ProblemError;
    expect(problem.code).toBe('validation_failed');
    expect(problem.faults.map((fault) => fault.pointer)).toEqual(['/completion']);
    expect(problem.message).not.toMatch(/secret|overloaded/);
  });
});
