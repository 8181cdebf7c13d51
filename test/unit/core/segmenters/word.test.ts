import { describe, expect, it } from 'vitest';
import { word } from '../../../../src/core/segmenters/word.ts';
import { pieces } from './pieces.ts';

const words = (text: string): string[] => pieces(word, text);

it('joins punctuation and whitespace to the word before', () => {
  expect(words('Hello, world! How - are you?\n')).toEqual(['Hello, ', 'world! ', 'How - ', 'are ', 'you?\n']);
});

it('joins what opens to the word behind', () => {
  expect(words('say (this) "or" “that” now')).toEqual(['say ', '(this) ', '"or" ', '“that” ', 'now']);
  expect(words('foo("bar")')).toEqual(['foo', '("bar")']);
  expect(words('¿Qué? ¡Sí!')).toEqual(['¿Qué? ', '¡Sí!']);
  expect(words('Bonjour ! « Oui » dit-il')).toEqual(['Bonjour ! ', '« Oui » ', 'dit-', 'il']);
});

it('joins signs that touch only the word behind to it', () => {
  expect(words('pay $5 to @me #now ’tis')).toEqual(['pay ', '$5 ', 'to ', '@me ', '#now ', '’tis']);
});

const WHOLE = ["don't", '3.14', '1,000.50', 'l’homme', 'snake_case', 'example.com', 'Ärger', 'e\u0301te\u0301'];

it.each(WHOLE)('keeps %s whole', (text) => {
  expect(words(`a ${text} b`)).toEqual(['a ', `${text} `, 'b']);
});

describe('scripts without spaces', () => {
  it('Chinese', () => expect(words('你好世界。今天')).toEqual(['你好', '世界。', '今天']));
  it('Japanese', () => expect(words('私は学生です。')).toEqual(['私', 'は', '学生', 'です。']));
  it('Thai', () => expect(words('สวัสดีครับ')).toEqual(['สวัสดี', 'ครับ']));
});

it('counts pictures as words', () => {
  expect(words('party 🎉 now 👨‍👩‍👧‍👦🇫🇷')).toEqual(['party ', '🎉 ', 'now ', '👨‍👩‍👧‍👦', '🇫🇷']);
});

it('a text without a word is one unit', () => {
  expect(words('... !')).toEqual(['... !']);
});

it('keeps lines in their place', () => {
  expect(words('a\n  b  c')).toEqual(['a\n', '  b  ', 'c']);
});

it('takes a language tag, and refuses what is none', () => {
  expect(pieces(word, 'Guten Tag', { locale: 'de' })).toEqual(['Guten ', 'Tag']);
  expect(pieces(word, 'a b', { locale: 'tlh' })).toEqual(['a ', 'b']);
  expect(word.options.safeParse({ locale: 'not a tag' }).success).toBe(false);
});
