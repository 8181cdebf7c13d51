import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LANGUAGES, refusalTeller } from '../../../../src/core/refusals/telling.ts';
import type { Completion } from '../../../../src/core/types.ts';
import { EXAMPLES } from './examples.ts';

const said = (text: string, more: Partial<Completion> = {}): Completion => ({ text, toolCalls: [], finishReason: 'stop', ...more });
const all = refusalTeller({ languages: null, patterns: [] }, '/at');

describe('refusals told by lists', () => {
  it('has examples of every language', () => expect(Object.keys(EXAMPLES).toSorted()).toEqual([...LANGUAGES].toSorted()));

  describe.each(Object.entries(EXAMPLES))('%s', (language, { refused, answered }) => {
    const own = refusalTeller({ languages: [language], patterns: [] }, '/at');
    it.each(refused)('takes %j for one', (text) => expect([own(said(text)), all(said(text))]).toEqual([true, true]));
    it.each(answered)('takes %j for none', (text) => expect([own(said(text)), all(said(text))]).toEqual([false, false]));
  });

  it('knows only the languages that were asked for', () => {
    const german = refusalTeller({ languages: ['de'], patterns: [] }, '/at');
    expect(german(said("I'm sorry, but I can't help with that."))).toBe(false);
  });

  it('looks past a greeting, quotes, markup, capitals and curly apostrophes, not past the third sentence', () => {
    for (const text of ['Hello! I’m sorry, but I can’t help with that.', '> **I CANNOT HELP WITH THAT.**', '"I can\u2019t assist with that."', 'I cannot\n  help with that.']) expect(all(said(text)), text).toBe(true);
    expect(all(said('Here it is. First this. Then that. I cannot help with the rest.'))).toBe(false);
  });

  it('takes no answer for a refusal, and no tool call', () => {
    expect([said(''), said(' \n'), said('Half of an ans', { finishReason: 'content_filter' })].map(all)).toEqual([true, true, true]);
    const call = { name: 'find', arguments: '{}' };
    expect(all(said('', { toolCalls: [call], finishReason: 'tool_calls' }))).toBe(false);
    expect(all(said("I'm sorry, but I can't.", { toolCalls: [call] }))).toBe(false);
  });

  it('takes patterns of the caller anywhere in the answer, and refuses those that are none', () => {
    const own = refusalTeller({ languages: ['de'], patterns: ['(?i)policy 7'] }, '/at');
    expect(own(said('Here it is. And that. And this. But see Policy 7.'))).toBe(true);
    expect(() => refusalTeller({ languages: null, patterns: ['a', '('] }, '/at')).toThrow(expect.objectContaining({ code: 'invalid_pattern', faults: [{ pointer: '/at/1', message: expect.any(String) as string }] }) as Error);
  });

  it('tells any text without fault', () => {
    fc.assert(fc.property(fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' })), (text) => typeof all(said(text)) === 'boolean'));
  });
});
