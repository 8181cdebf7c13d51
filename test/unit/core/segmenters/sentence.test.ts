import { describe, expect, it } from 'vitest';
import { sentence } from '../../../../src/core/segmenters/sentence.ts';
import { pieces } from './pieces.ts';

const sentences = (text: string): string[] => pieces(sentence, text).map((piece) => piece.trim());

describe('abbreviations', () => {
  it.each([
    ['Dr. Smith met J. R. R. Tolkien.', 'He left.'],
    ['Mr. and Mrs. Jones came by J. Smith.', 'The end.'],
    ['It works, e.g. Berlin does.', 'So does Rome.'],
    ['See Fig. 3 and No. 5 of vol. 2, pp. 7.', 'Then stop.'],
    ['On Jan. 5 Paris fell.', 'In 1940 too.'],
    ['The U.S. President spoke.', 'Nobody heard.'],
    ['It happened in the U.S.', 'The law is old.'],
    ['Pi is 3.14 or so.', 'It is 3.1 at 5 p.m. or later.'],
    ['Das gilt z.B. Berlin.', 'Er ist bzw. Sie sind da.'],
    ['Visit example.com or U.K. Parliament.', 'Now.'],
    ['М. А. Булгаков писал, т.е. Работал.', 'Он умер.'],
    ['Take Vitamin C.', 'Studies show it.'],
    ['So do I.', 'Peter too.'],
    ['It is by J. A. Smith.', 'Not by him.'],
    ['Read doc A.', 'Paris is big.'],
    ['Smith et al. Jones told me.', 'Paris is big.'],
    ['Haus A.', 'Haus B.'],
  ])('%s | %s', (first, second) => {
    expect(sentences(`${first} ${second}`)).toEqual([first, second]);
  });

  it('the caller can add some, with and without the full stop', () => {
    const text = 'See Bsp. Drei and Anm. Vier. Ende.';
    expect(pieces(sentence, text)).toHaveLength(4);
    expect(pieces(sentence, text, { abbreviations: ['Bsp.', 'anm'] })).toEqual(['See Bsp. Drei and Anm. Vier. ', 'Ende.']);
  });
});

describe('ends of sentences', () => {
  it('quotes and brackets go with their sentence', () => {
    expect(sentences('"Hi." She left. (Yes.) No?! Well.')).toEqual(['"Hi."', 'She left.', '(Yes.)', 'No?!', 'Well.']);
  });

  it('an ellipsis ends one only before a new one', () => {
    expect(sentences('Wait... what? Well… then it. So... Then.')).toEqual(['Wait... what?', 'Well… then it.', 'So...', 'Then.']);
    expect(sentences('... And then.')).toEqual(['... And then.']);
  });

  it('signs without words go with a neighbour, pictures are words', () => {
    expect(sentences('Great! 🎉 Next. 👍')).toEqual(['Great!', '🎉 Next.', '👍']);
    expect(sentences('One.\n---\nTwo.')).toEqual(['One.\n---', 'Two.']);
    expect(sentences('One.\n\n***\n\nTwo.')).toEqual(['One.', '***\n\nTwo.']);
  });

  it.each([
    ['Chinese', '你好。今天「天气好。」我们去！', ['你好。', '今天「天气好。」', '我们去！']],
    ['Hindi', 'यह एक है। वह दो है।', ['यह एक है।', 'वह दो है।']],
    ['Arabic', 'هل أنت بخير؟ نعم.', ['هل أنت بخير؟', 'نعم.']],
    ['Russian', 'Он пришёл. Она ушла?', ['Он пришёл.', 'Она ушла?']],
  ])('%s', (_, text, expected) => {
    expect(sentences(text)).toEqual(expected);
  });
});

describe('lines', () => {
  it('headings, list items and speakers are sentences of their own', () => {
    expect(sentences('# Title\n- item one\n- item two. Two more.\n1. one\n2. two\n\nPara\nUser: hi\nBot: hello')).toEqual(
      ['# Title', '- item one', '- item two.', 'Two more.', '1. one', '2. two', 'Para', 'User: hi', 'Bot: hello'],
    );
  });

  it('a numbered step keeps its number', () => {
    expect(sentences('1. Open it. 2. Close it.')).toEqual(['1. Open it.', '2. Close it.']);
  });

  it('a line that goes on with a small letter is no end', () => {
    expect(sentences('The quick brown fox jumps over the lazy dog and runs\naway from it. Next.')).toEqual(
      ['The quick brown fox jumps over the lazy dog and runs\naway from it.', 'Next.'],
    );
  });

  it('short lines end sentences whatever follows', () => {
    expect(sentences('olive oil\nbrown bread\nmilk')).toEqual(['olive oil', 'brown bread', 'milk']);
  });

  it('prose wrapped to a width is read as prose, capitals at the start of a line too', () => {
    const text = [
      'The expedition that left the harbour in the spring went to',
      'France and then to the south, where it met a party from',
      'Spain. They had brought letters and a map of the coast of',
      'Africa.',
    ].join('\n');
    expect(sentences(text)).toEqual([text.slice(0, text.indexOf('Spain.') + 6), text.slice(text.indexOf('They'))]);
  });

  it('items of one length are no wrapped prose', () => {
    const items = ['first', 'other', 'third', 'final'].map((word) => `- the ${word} item of a list that nobody wrapped`);
    expect(sentences(items.join('\n'))).toEqual(items);
  });

  it('lines of one length that nothing wrapped stay apart', () => {
    const lines = ['Question: what is the capital of France', 'Context: said to be quite a nice city', 'Answer: nobody could know'];
    expect(sentences(lines.join('\n'))).toEqual(lines);
  });

  it('code in a fence is cut by lines', () => {
    const expected = ['Code:\n```', 'const value = computeSomethingRatherLong(input)', 'return value\n```'];
    expect(sentences(expected.join('\n'))).toEqual(expected);
  });

  it('whitespace stays behind the sentence, indentation with its line', () => {
    expect(pieces(sentence, 'One.  Two.\r\n\r\n  Three.\n')).toEqual(['One.  ', 'Two.\r\n\r\n', '  Three.\n']);
  });
});
