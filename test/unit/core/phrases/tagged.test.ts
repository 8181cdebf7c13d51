import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LONGEST_SENTENCE, tagged } from '../../../../src/core/phrases/tagged.ts';
import { tokensOf } from '../../../../src/core/phrases/tokens.ts';
import { anyText } from '../../../helpers/anytext.ts';
import { rows } from './comparison.ts';

const tagsOf = (text: string) => tagged(text, tokensOf(text, 8));
const has = (text: string, tag: string) => tagsOf(text)?.map(({ tags }) => tags.has(tag));

it('lays terms on tokens, whatever stands between', () => {
  expect(has('The\n  old dog,\tsleeps.', 'Verb')).toEqual([false, false, false, true]);
  expect(has('A well-known man left.', 'Verb')).toEqual([false, false, false, true]);
});

it('sees verbs in contractions', () => {
  expect(tagsOf("it's late")?.map(({ hidesVerb }) => hidesVerb)).toEqual([true, false]);
});

it('reads every plain sentence', () => {
  expect(rows().filter(({ sentence }) => tagsOf(sentence) === null)).toEqual([]);
});

it('one entry per token, whatever the text', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const found = tagsOf(text);
      if (found) expect(found).toHaveLength(tokensOf(text, 8).length);
    }),
    { numRuns: 300 },
  );
});

it('the order of sentences does not matter', () => {
  const sentences = ['I like it.', 'He will run.', 'A run on the bank.', "They're like us.", 'The will of the people.'];
  const say = (text: string) => JSON.stringify(tagsOf(text)?.map(({ tags }) => [...tags]));
  const forwards = sentences.map(say);
  expect(sentences.toReversed().map(say).toReversed()).toEqual(forwards);
});

it('leaves what is too long alone', () => {
  expect(tagsOf('the old dog and '.repeat(LONGEST_SENTENCE / 10))).toBeNull();
  expect(tagsOf(`see ${'x'.repeat(200)} there`)).toBeNull();
});
