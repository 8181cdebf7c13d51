import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judged } from '../../../src/endpoints/openings/probe.ts';
import { readOpenings, readShown } from '../../../src/endpoints/openings/read.ts';
import { textOf, tokenTexts } from '../../../src/endpoints/openings/texts.ts';
import { shapeById, shapeFor } from '../../../src/endpoints/shapes/index.ts';
import type { OpeningForm } from '../../../src/endpoints/shapes/shape.ts';
import type { Call } from '../../../src/core/types.ts';
import type { Sample } from '../../../src/endpoints/ways/way.ts';
import { chat, prompt } from '../../helpers/endpoint-kit.ts';

const chatReply = (...tops: object[][]) => ({ choices: tops.map((top, index) => ({ index, logprobs: { content: [{ token: 'x', logprob: -9, top_logprobs: top }] } })) });
const openings = (reply: object, count: number, most: number, shape: 'chat' | 'completion' | 'responses' = 'chat') => readOpenings(shapeById(shape).opening.read(reply, count), most);
function openingBody(call: Call, form: OpeningForm): Call | undefined {
  const shape = shapeFor(call);
  return shape?.opening.body(shape.asked(call), form);
}

const legacyReply = (...tops: Record<string, number>[]) => ({ choices: tops.map((top, index) => ({ index, text: 'x', logprobs: { tokens: ['x'], token_logprobs: [-1], top_logprobs: [top] } })) });

describe('texts of tokens', () => {
  it('are those of their bytes, whole characters as such', () => {
    expect(textOf(Buffer.from(' Zürich'))).toBe(' Zürich');
    expect(textOf(Buffer.from([0x20, 0xe6, 0x9d]))).toBe(' <0xE6><0x9D>');
    expect(textOf(Buffer.from([0xb1, 0x41, 0xff]))).toBe('<0xB1>A<0xFF>');
    const gives = (text: string): boolean => textOf(Buffer.from(text)) === text;
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), gives));
  });

  it.each<[string, { token: string; bytes?: number[] | null }[], string[]]>([
    ['bytes beside them', [{ token: '\uFFFD', bytes: [0xe6, 0x9d] }, { token: 'x', bytes: null }], ['<0xE6><0x9D>', 'x']],
    ['GPT-2’s alphabet', [{ token: '\u0120caf\u00c3\u00a9' }, { token: 'A' }], [' café', 'A']],
    ['SentencePiece', [{ token: '\u2581Yes' }, { token: '<0xE6>' }, { token: 'No' }], [' Yes', '<0xE6>', 'No']],
    ['plain text', [{ token: ' é' }, { token: 'bytes:\\xe6\\x9d' }, { token: '\uFFFD' }], [' é', '<0xE6><0x9D>', '\uFFFD']],
  ])('are read from %s', (_, list, expected) => {
    expect(tokenTexts(list.map((entry) => ({ logprob: -1, ...entry })))).toEqual(expected);
  });
});

describe('a reply with alternatives', () => {
  it('is read from chats and from completions, the most probable first', () => {
    expect(openings(chatReply([{ token: 'b', logprob: -2 }, { token: 'a', logprob: -1, bytes: [97] }]), 1, 20)).toEqual([[{ token: 'a', logprob: -1 }, { token: 'b', logprob: -2 }]]);
    expect(openings(legacyReply({ b: -2, a: -1 }), 1, 20)).toEqual([[{ token: 'a', logprob: -1 }, { token: 'b', logprob: -2 }]]);
  });

  it('is one list per prompt, in their order', () => {
    const reply = { choices: [{ index: 1, logprobs: { top_logprobs: [{ b: -1 }] } }, { index: 0, logprobs: { top_logprobs: [{ a: -1 }] } }] };
    expect(openings(reply, 2, 5).map((list) => list[0]?.token)).toEqual(['a', 'b']);
  });

  it('loses the drawn token that some servers add behind the alternatives', () => {
    expect(readShown(shapeById('completion').opening.read(legacyReply({ a: -1, b: -2, drawn: -11 }), 1), 2)[0]?.map(({ token }) => token)).toEqual(['a', 'b']);
  });

  it('brings what servers write for impossible into range', () => {
    expect(openings(legacyReply({ a: 1e-7, b: -3.4e38 }), 1, 5)).toEqual([[{ token: 'a', logprob: 0 }, { token: 'b', logprob: -9_999 }]]);
  });

  it.each<[string, object]>([
    ['no choices', { choices: [] }],
    ['too few choices', { choices: [] as object[], object: 'x' }],
    ['no log-probabilities', { choices: [{ logprobs: null }] }],
    ['no tokens', { choices: [{ logprobs: { content: [] } }] }],
    ['no alternatives', chatReply([])],
    ['positive values', legacyReply({ a: 0.5 })],
    ['another form', { choices: [{ logprobs: 'much' }] }],
  ])('is malformed with %s', (_, reply) => {
    expect(() => openings(reply, 1, 5)).toThrow(expect.objectContaining({ kind: 'malformed' }) as Error);
  });
});

describe('what is sent', () => {
  it('asks for one raw token, with alternatives as the route wants them', () => {
    const asked = { top: 20, length: 'max_tokens', tokens: 1 } as const;
    expect(openingBody(chat('hi', { temperature: 0.2, max_tokens: 50, top_k: 5, frequency_penalty: 1, tools: [] }), asked)).toEqual({
      ...chat('hi'), tools: [], max_tokens: 1, temperature: 1, top_p: 1, logprobs: true, top_logprobs: 20,
    });
    expect(openingBody(prompt('hi', { logprobs: 1, echo: true, seed: 3 }), { ...asked, top: 5 })).toEqual({ ...prompt('hi'), max_tokens: 1, temperature: 1, top_p: 1, logprobs: 5 });
    const newer = openingBody(chat('hi', { max_completion_tokens: 9, max_tokens: 9 }), { top: 1, length: 'max_completion_tokens', tokens: 1 });
    expect(newer).toMatchObject({ max_completion_tokens: 1 });
    expect(newer).not.toHaveProperty('max_tokens');
  });
});

describe('whether alternatives are believed', () => {
  const list = [{ token: 'A', logprob: -0.2 }, { token: 'B', logprob: -2 }];
  const sample = (first: number, firstToken = 'A'): Sample => ({ call: {}, text: 'A b', logprobs: [first, -1], firstToken, ids: null, promptIds: null });

  it('they are, where nothing speaks against them', () => {
    expect(judged(list, { sample: null, weighed: null })).toBe(false);
    expect(judged(list, { sample: sample(-0.2), weighed: -0.21 })).toBe(false);
  });

  it('they are at temperature 1, where temperature 0 left the likeliest alone', () => {
    expect(judged(list, { sample: sample(0), weighed: null })).toBe(true);
    expect(judged(list, { sample: sample(0), weighed: -0.2 })).toBe(true);
  });

  it.each<[string, { token: string; logprob: number }[], Sample | null, number | null, RegExp]>([
    ['are more than one', [{ token: 'A', logprob: -0.2 }, { token: 'B', logprob: -1 }], null, null, /add up to/],
    ['are what sampling left', [{ token: 'A', logprob: 0 }, { token: 'B', logprob: -9_999 }], null, null, /after sampling/],
    ['are one token that is certain', [{ token: 'A', logprob: 0 }], null, null, /after sampling/],
    ['lack what was generated', list, sample(-0.2, 'C'), null, /not among/],
    ['are not what is weighed', list, sample(-0.2), -0.9, /when it is weighed/],
    ['are surer than at temperature 0', list, sample(-0.9), null, /at temperature 1/],
  ])('they are not where they %s', (_, given, own, weighed, reason) => {
    expect(judged(given, { sample: own, weighed })).toMatch(reason);
  });
});
