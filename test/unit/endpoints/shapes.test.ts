import { describe, expect, it } from 'vitest';
import { shapeOf } from '../../../src/core/callshape.ts';
import { shapeById, shapeFor } from '../../../src/endpoints/shapes/index.ts';
import { responsesTokens } from '../../../src/endpoints/shapes/responses.ts';
import { chat, MODEL, prompt } from '../../helpers/endpoint-kit.ts';

const responses = shapeById('responses');
const asked = (input: unknown, more: object = {}) => ({ model: MODEL, input, ...more });
const INCLUDED = 'message.output_text.logprobs';

/** A reply of /responses whose first token has these alternatives. */
const said = (...top: object[]) => ({ type: 'message', content: [{ type: 'output_text', text: 'x', logprobs: [{ token: 'x', logprob: -1, top_logprobs: top }] }] });

describe('the shape of a call', () => {
  it('goes by the field that holds its input', () => {
    expect([chat('x'), prompt('x'), asked('x'), { instructions: 'x' }, {}].map(shapeOf)).toEqual(['chat', 'completion', 'responses', 'responses', null]);
    // a prompt that the server keeps goes with an input
    expect(shapeOf(asked('x', { prompt: { id: 'pmpt_1' } }))).toBe('responses');
    expect(shapeFor({})).toBeNull();
  });
});

describe('what is asked again', () => {
  it('is one whole answer, which the server need not keep; all else as it came', () => {
    const more = { temperature: 0.3, stream: true, x_extension: { deep: [1] } };
    const { stream: _, ...rest } = more;
    expect(shapeById('chat').asked(chat('x', { ...more, n: 4, stream_options: {}, metadata: { a: 'b' } }))).toEqual(chat('x', { ...rest, metadata: { a: 'b' } }));
    expect(shapeById('chat').asked(chat('x', { store: true, metadata: { a: 'b' } }))).toEqual(chat('x'));
    expect(shapeById('completion').asked(prompt('x', { ...more, n: 4, echo: true }))).toEqual(prompt('x', rest));
    expect(responses.asked(asked('x', { ...more, background: true, store: true }))).toEqual(asked('x', { ...rest, store: false }));
  });

  it('goes into one request where calls differ in their prompt alone', () => {
    const { lists } = shapeById('completion');
    expect(lists?.key(prompt('a'))).toBe(lists?.key(prompt('b')));
    expect(lists?.key(prompt('a', { seed: 1 }))).not.toBe(lists?.key(prompt('a')));
    expect(lists?.key({ model: MODEL, prompt: [1, 2] })).toBeNull();
    expect(lists?.body([prompt('a'), prompt('b')])).toEqual({ model: MODEL, prompt: ['a', 'b'] });
    expect([shapeById('chat').lists, responses.lists]).toEqual([null, null]);
  });
});

describe('the first token of /responses', () => {
  it('is asked for raw, whatever the call says of sampling and format', () => {
    const call = asked('x', { max_output_tokens: 200, temperature: 0, top_p: 0.1, text: { format: { type: 'json_object' }, verbosity: 'low' }, include: ['reasoning.encrypted_content'] });
    expect(responses.opening.body(call, { top: 20, length: 'max_output_tokens', tokens: 16 })).toEqual({
      model: MODEL, input: 'x', text: { verbosity: 'low' }, include: ['reasoning.encrypted_content', INCLUDED], max_output_tokens: 16, temperature: 1, top_p: 1, top_logprobs: 20,
    });
    const plain = responses.opening.body(asked('x', { text: { format: { type: 'text' } }, include: [INCLUDED] }), { top: 5, length: 'max_output_tokens', tokens: 1 });
    expect(plain).toEqual({ model: MODEL, input: 'x', include: [INCLUDED], max_output_tokens: 1, temperature: 1, top_p: 1, top_logprobs: 5 });
  });

  it('is read from the message that the answer begins with', () => {
    const top = [{ token: 'a', logprob: -1, bytes: [97] }, { token: 'b', logprob: -2 }];
    expect(responses.opening.read({ output: [said(...top)] }, 1)).toEqual([top]);
    const late = [{ type: 'reasoning', summary: [] }, { type: 'function_call', name: 'f', arguments: '{}' }];
    for (const item of late) expect(responses.opening.read({ output: [item, said(...top)] }, 1)).toEqual([[]]);
    for (const reply of [{ output: [] }, { output: [{ type: 'message', content: [{ type: 'refusal', refusal: 'no' }] }] }, { output: [{ type: 'message', content: [{ type: 'output_text', text: 'x' }] }] }]) {
      expect(responsesTokens(reply)).toEqual([]);
    }
    expect(() => responsesTokens({ choices: [] })).toThrow(/not the expected form at output/);
  });
});

describe('an answer of /responses', () => {
  it('is one for one call', () => {
    const reply = { output: [said()], status: 'completed' };
    expect(responses.answers(reply, 1)).toEqual([{ kind: 'generated', completion: { text: 'x', toolCalls: [], finishReason: 'stop' } }]);
    expect(() => responses.answers(reply, 2)).toThrow(/answers one call/);
  });

  it.each(['queued', 'in_progress', 'failed', 'cancelled'])('is none while it is %s', (status) => {
    expect(() => responses.answers({ output: [], status }, 1)).toThrow(expect.objectContaining({ kind: 'malformed' }) as Error);
  });
});
