import { describe, expect, it } from 'vitest';
import { ApiError } from '../../../demo/api-errors.ts';
import { answerRoom, readItems } from '../../../demo/prompts.ts';
import { chatRequest, completionRequest, parseBody } from '../../../demo/requests.ts';

const completion = { model: 'tiny-reader', prompt: 'a' };
const text = { type: 'text', text: 'a' };
const chat = { model: 'tiny-reader', messages: [{ role: 'user', content: 'a' }] };

function refusal(act: () => unknown): { status: number; param: string | null; code: string | null; message: string } {
  try {
    act();
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  return expect.fail('not refused');
}

describe('request bodies', () => {
  it('get OpenAI’s defaults', () => {
    const defaults = { n: 1, temperature: 1, top_p: 1, stop: [], echo: false, add_special_tokens: true };
    expect(parseBody(completionRequest, completion)).toMatchObject(defaults);
    expect(parseBody(chatRequest, { ...chat, stop: 'x', seed: -3 })).toMatchObject({ stop: ['x'], seed: -3, logprobs: false });
  });

  it('may carry null and whatever changes nothing', () => {
    const idle = {
      temperature: null, seed: null, stop: null, stream: false, stream_options: {}, tools: [], tool_choice: 'none',
      response_format: { type: 'text' }, logit_bias: {}, frequency_penalty: 0, presence_penalty: 0, user: 'me',
      metadata: { a: 'b' }, store: true, top_k: -1, min_p: 0, modalities: ['text'], unheard_of: null,
    };
    expect(parseBody(chatRequest, { ...chat, ...idle })).toEqual(parseBody(chatRequest, chat));
    const echoed = { role: 'assistant', content: 'b', refusal: null, audio: null, tool_calls: [] };
    expect(parseBody(chatRequest, { ...chat, messages: [...chat.messages, echoed] }).messages).toHaveLength(2);
  });

  it.each([
    ['stream', true], ['tools', [{ type: 'function' }]], ['tool_choice', 'required'], ['logit_bias', { 5: 1 }],
    ['response_format', { type: 'json_object' }], ['frequency_penalty', 0.5], ['presence_penalty', -1], ['top_k', 5],
    ['min_p', 0.1], ['suffix', 'x'], ['modalities', ['audio']], ['reasoning_effort', 'high'],
  ])('are refused when they ask for %s', (field, value) => {
    const refused = refusal(() => parseBody(completionRequest, { ...completion, [field]: value }));
    expect(refused).toMatchObject({ status: 400, param: field, code: 'unsupported_parameter' });
  });

  it.each([
    [{ temperature: 'hot' }, 'temperature', 'invalid_type'],
    [{ temperature: 2.1 }, 'temperature', 'invalid_value'],
    [{ top_p: -0.1 }, 'top_p', 'invalid_value'],
    [{ n: 0 }, 'n', 'invalid_value'],
    [{ n: 1.5 }, 'n', 'invalid_type'],
    [{ seed: 2 ** 60 }, 'seed', 'invalid_value'],
    [{ max_tokens: -1 }, 'max_tokens', 'invalid_value'],
    [{ logprobs: 21 }, 'logprobs', 'invalid_value'],
    [{ logprobs: true }, 'logprobs', 'invalid_type'],
    [{ prompt_logprobs: 21 }, 'prompt_logprobs', 'invalid_value'],
    [{ stop: 3 }, 'stop', 'invalid_type'],
    [{ stop: '' }, 'stop', 'invalid_value'],
    [{ stop: ['a', 'b', 'c', 'd', 'e'] }, 'stop', 'invalid_value'],
    [{ stop: ['a', 7] }, 'stop[1]', 'invalid_type'],
    [{ echo: 'yes' }, 'echo', 'invalid_type'],
    [{ model: undefined }, 'model', 'missing_required_parameter'],
    [{ temprature: 1 }, 'temprature', 'unknown_parameter'],
  ])('with %j name the field at fault', (fields, param, code) => {
    expect(refusal(() => parseBody(completionRequest, { ...completion, ...fields }))).toMatchObject({ status: 400, param, code });
  });

  it.each([
    [{ messages: [] }, 'messages', 'invalid_value'],
    [{ messages: 'hello' }, 'messages', 'invalid_type'],
    [{ messages: ['hello'] }, 'messages[0]', 'invalid_type'],
    [{ messages: undefined }, 'messages', 'missing_required_parameter'],
    [{ messages: [{ content: 'a' }] }, 'messages[0].role', 'missing_required_parameter'],
    [{ messages: [{ role: 'assistant', content: null }] }, 'messages[0].content', 'missing_required_parameter'],
    [{ messages: [{ role: 'user', content: 5 }] }, 'messages[0].content', 'invalid_type'],
    [{ messages: [{ role: 'user', content: [text, { type: 'image_url' }] }] }, 'messages[0].content[1].type', 'invalid_value'],
    [{ messages: [{ role: 'user', content: 'a', name: 'Ann' }] }, 'messages[0].name', 'unknown_parameter'],
    [{ messages: [{ role: 'assistant', content: 'a', tool_calls: [{}] }] }, 'messages[0].tool_calls', 'invalid_value'],
    [{ top_logprobs: 21, logprobs: true }, 'top_logprobs', 'invalid_value'],
    [{ logprobs: 5 }, 'logprobs', 'invalid_type'],
  ])('with %j name the place in the conversation', (fields, param, code) => {
    expect(refusal(() => parseBody(chatRequest, { ...chat, ...fields }))).toMatchObject({ status: 400, param, code });
  });

  it.each([[null], [[]], ['text'], [7]])('must be objects, not %j', (body) => {
    expect(refusal(() => parseBody(chatRequest, body))).toMatchObject({ status: 400, param: null });
  });
});

describe('prompts', () => {
  it('are one text or list of ids, or a list of either', () => {
    expect(readItems('', 'prompt', 9)).toEqual(['']);
    expect(readItems(['a', ''], 'prompt', 9)).toEqual(['a', '']);
    expect(readItems([1, 2], 'prompt', 9)).toEqual([[1, 2]]);
    expect(readItems([[1], [2, 8]], 'prompt', 9)).toEqual([[1], [2, 8]]);
  });

  it.each([
    [undefined, 'prompt'], [[], 'prompt'], [{}, 'prompt'], [4, 'prompt'], [[[]], 'prompt'], [['a', [1]], 'prompt'],
    [[1, 'a'], 'prompt'], [[1, 9], 'prompt[1]'], [[-1], 'prompt[0]'], [[[1], [2, 0.5]], 'prompt[1][1]'],
    [new Array<string>(2049).fill('a'), 'prompt'],
  ])('are not %j', (value, param) => {
    expect(refusal(() => readItems(value, 'prompt', 9))).toMatchObject({ status: 400, param });
  });

  it('leave room for the answer', () => {
    expect(answerRoom(500, undefined, 16, 512, 'prompt')).toBe(12);
    expect(answerRoom(10, undefined, 16, 512, 'prompt')).toBe(16);
    expect(answerRoom(512, 0, 16, 512, 'prompt')).toBe(0);
    expect(answerRoom(500, 12, 16, 512, 'prompt')).toBe(12);
    for (const [prompt, asked] of [[513, undefined], [500, 13], [513, 0]] as const) {
      const refused = refusal(() => answerRoom(prompt, asked, 16, 512, 'prompt'));
      expect(refused).toMatchObject({ status: 400, param: 'prompt', code: 'context_length_exceeded' });
    }
  });
});
