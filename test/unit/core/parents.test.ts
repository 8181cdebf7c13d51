import { expect, it } from 'vitest';
import { parentsOf } from '../../../src/core/parents.ts';
import type { Span, Unit } from '../../../src/core/types.ts';
import { unitsOf } from '../../../src/core/units.ts';

const unit = (index: number, at: string, parent: number | null, fixed = false): Unit =>
  ({ index, at, role: 'user', start: 0, end: 1, text: 'x', level: 'sentence', parent, label: null, fixed });

it('units of one text are a group, fixed units are none\'s', () => {
  const units = [
    unit(0, 'messages[0].content', null),
    unit(1, 'messages[1].content', null, true),
    unit(2, 'messages[1].content', null),
    unit(3, 'messages[2].content', null),
    unit(4, 'messages[1].content', null),
  ];
  expect(Array.from(parentsOf(units, [0, 2, 3, 4]))).toEqual([0, 1, 2, 1]);
});

it('a parent comes before the text, and its number is no text\'s', () => {
  const units = [7, 7, null, 0].map((parent, index) => unit(index, 'prompt', parent));
  units.push(unit(4, 'tools[0]', 7));
  expect(Array.from(parentsOf(units, [0, 1, 2, 3, 4]))).toEqual([0, 0, 1, 2, 0]);
  expect(parentsOf(units, [])).toEqual(new Int32Array(0));
});

it('the words of two messages are two groups', () => {
  const words = (text: string): Span[] =>
    Array.from(text.matchAll(/\S+\s*/gu), (match) => ({ start: match.index, end: match.index + match[0].length }));
  const call = { messages: [{ role: 'system', content: 'be brief' }, { role: 'user', content: 'say three words' }] };
  const units = unitsOf(call, words, 'word');
  const perturbable = units.filter((one) => !one.fixed).map((one) => one.index);
  expect(Array.from(parentsOf(units, perturbable))).toEqual([0, 0, 1, 1, 1]);
});
