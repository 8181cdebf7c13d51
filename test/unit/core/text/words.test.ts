import { describe, expect, it } from 'vitest';
import { foldCase, withoutPunctuation } from '../../../../src/core/text/fold.ts';
import { words } from '../../../../src/core/text/words.ts';

const plain = { ignoreCase: false, ignorePunctuation: false };
const loose = { ignoreCase: true, ignorePunctuation: true };

describe('words', () => {
  it.each([
    ['The cat, 3.14!', ['The', 'cat', ',', '3.14', '!']],
    ['don\'t stop', ['don\'t', 'stop']],
    ['$5 + 👩‍👩‍👧 👍🏽', ['$', '5', '+', '👩‍👩‍👧', '👍🏽']],
    ['巴黎是首都。', ['巴', '黎', '是', '首', '都', '。']],
    ['東京タワー', ['東', '京', 'タ', 'ワ', 'ー']],
    ['한국어 단어', ['한국어', '단어']],
    ['สวัสดีครับ', ['สวัสดี', 'ครับ']],
    ['cafe\u0301', ['café']],
    ['\u200b \u00a0\n', []],
    ['', []],
  ])('of %j', (text, list) => expect(words(text, plain)).toEqual(list));

  it.each([
    ['The U.S., 3.14!', ['the', 'us', '3.14']],
    ['ΟΔΟΣ Straße', ['οδος', 'strasse']],
    ['well-known', ['well', 'known']],
    ['?!', ['?', '!']],
    ['¿$?', ['$']],
  ])('of %j without case and punctuation', (text, list) => expect(words(text, loose)).toEqual(list));
});

it('foldCase joins what differs in case only', () => {
  expect(['STRASSE', 'Straße', 'strasse'].map(foldCase)).toEqual(['strasse', 'strasse', 'strasse']);
  expect(foldCase('ὈΔΥΣΣΕΎΣ')).toBe(foldCase('ὀδυσσεύς'));
});

it('withoutPunctuation keeps symbols, and a text that has nothing else', () => {
  expect(['a-b, “c” $1+1', '?!', ''].map(withoutPunctuation)).toEqual(['ab c $1+1', '?!', '']);
});
