import { describe, expect, it } from 'vitest';
import { createEditor } from '../../../../src/core/edits/editor.ts';
import { groupsOf } from '../../../../src/core/edits/groups.ts';
import { remove } from '../../../../src/core/infillers/delete.ts';
import { sentence } from '../../../../src/core/segmenters/sentence.ts';
import type { Call } from '../../../../src/core/types.ts';
import { unitsOf } from '../../../../src/core/units.ts';

function editing(call: Call, splitK = 1, punctuated = false) {
  const units = unitsOf(call, (text) => sentence.segment(text, sentence.options.parse({})), 'sentence');
  const groups = groupsOf(call, units, splitK, remove, {}, punctuated);
  const editor = createEditor(call, groups);
  /** The call with these words replaced, found by their text. */
  const edit = (words: Record<string, string>) => {
    const draft = groups.flatMap(({ text }, group) => (text in words ? [{ group, to: words[text] as string }] : []));
    expect(draft.length).toBeGreaterThanOrEqual(Object.keys(words).length);
    return editor.render(draft);
  };
  return { groups, editor, edit };
}

const prompt = (text: string): Call => ({ model: 'm', prompt: text });

describe('groups of words', () => {
  it.each<[string, number, string[]]>([
    ['Pay 3.5 or 1,000.25 now.', 1, ['Pay', '3.5', 'or', '1,000.25', 'now']],
    ["Don't e-mail a.b@example.com on 2026-11-29!", 1, ["Don't", 'e-mail', 'a.b@example.com', 'on', '2026-11-29']],
    ['One two three. Four five.', 2, ['One two', 'three', 'Four five']],
    ['no full stop here, and  more', 1, ['no', 'full', 'stop', 'here', 'and', 'more']],
    ['我喜欢猫。', 1, ['我', '喜欢', '猫']],
    ['  \n ', 1, []],
  ])('of %j, %i at a time', (text, splitK, expected) => {
    expect(editing(prompt(text), splitK).groups.map((group) => group.text)).toEqual(expected);
  });

  it('lie in units that are not fixed', () => {
    const { groups } = editing({
      messages: [
        { role: 'system', content: 'Be brief.', explain: 'fixed' },
        { role: 'user', content: [{ type: 'text', text: 'A b.' }, { type: 'text', text: 'C d.', explain: 'fixed' }, { type: 'image_url', image_url: {}, explain: 'whole' }] },
      ],
      tools: [{ type: 'function', function: { name: 'f' }, explain: 'whole' }],
    });
    expect(groups.map(({ text, at }) => [text, at])).toEqual([['A', 'messages[1].content[0]'], ['b', 'messages[1].content[0]']]);
  });

  it('with punctuation take along what touches a word', () => {
    expect(editing(prompt('"Yes," she said (3.5 m). Go!'), 1, true).groups.map(({ text }) => text)).toEqual(['"Yes,"', 'she', 'said', '(3.5', 'm).', 'Go!']);
  });
});

describe('edited calls', () => {
  it.each<[string, Record<string, string>, string]>([
    ['The  sky\twas clear .  Next', { sky: 'sea' }, 'The  sea\twas clear .  Next'],
    ['Cost: 3.5 per kg', { '3.5': '12.75' }, 'Cost: 12.75 per kg'],
    ['Done. trailing text', { Done: 'Over' }, 'Over. trailing text'],
    ['a b c', { b: '' }, 'a c'],
    ['a b c', { a: '' }, 'b c'],
    ['a b c', { a: '', b: '' }, 'c'],
    ['a b c', { b: '', c: '' }, 'a'],
    ['a b c', { a: '', b: '', c: '' }, ''],
    ['One.\n  two three', { two: '' }, 'One.\n  three'],
    ['One.\ntwo three', { two: '', three: '' }, 'One.\n'],
    ['x, y; z', { y: '' }, 'x,; z'],
    ['one two', { one: 'a much longer replacement than what stood there, of any length' }, 'a much longer replacement than what stood there, of any length two'],
    ['one two', { two: '.' }, 'one .'],
  ])('%j with %j', (text, words, expected) => {
    expect(editing(prompt(text)).edit(words)).toEqual({ model: 'm', prompt: expected });
  });

  it('keep every part, field and order of the call', () => {
    const call: Call = {
      model: 'm',
      messages: [
        { role: 'system', content: 'Stay.', explain: 'fixed', name: 's' },
        { role: 'user', explain: 'whole', content: [{ type: 'text', text: 'Red fox. ', cache_control: {} }, { type: 'image_url', image_url: { url: 'x' } }, { type: 'text', text: 'Blue bird.', label: 'b' }] },
      ],
      temperature: 0,
    };
    const { edit } = editing(call);
    expect(edit({ fox: 'cat', Blue: '' })).toEqual({
      model: 'm',
      messages: [
        { role: 'system', content: 'Stay.', name: 's' },
        { role: 'user', content: [{ type: 'text', text: 'Red cat. ', cache_control: {} }, { type: 'image_url', image_url: { url: 'x' } }, { type: 'text', text: 'bird.' }] },
      ],
      temperature: 0,
    });
  });

  it('of several text parts that are sent as one', () => {
    const { edit } = editing({ prompt: [{ type: 'text', text: 'One two ' }, { type: 'text', text: 'three', explain: 'fixed' }, { type: 'text', text: ' four' }] });
    expect(edit({ two: '2', four: '' })).toEqual({ prompt: 'One 2 three' });
  });

  it('a content part that lost its text leaves the list; without any there is no content', () => {
    const parts = [{ type: 'text', text: 'Gone' }, { type: 'text', text: 'Kept here' }];
    expect(editing({ messages: [{ role: 'user', content: parts }] }).edit({ Gone: '' })).toEqual({ messages: [{ role: 'user', content: [{ type: 'text', text: 'Kept here' }] }] });
    expect(editing({ messages: [{ role: 'user', content: parts.slice(0, 1) }] }).edit({ Gone: '' })).toEqual({ messages: [{ role: 'user', content: '' }] });
  });

  it('tells where other words of an edited text are', () => {
    const { editor, groups } = editing(prompt('one two three four'));
    const { text, spans } = editor.textWith([{ group: 1, to: '' }, { group: 2, to: 'a third' }], 'prompt', [0, 3]);
    expect(text).toBe('one a third four');
    expect(spans.map(({ start, end }) => text.slice(start, end))).toEqual(['one', 'four']);
    expect(groups).toHaveLength(4);
  });
});
