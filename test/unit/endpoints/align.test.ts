import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutByStrings } from '../../../src/endpoints/ways/align.ts';
import { cutByOffsets } from '../../../src/endpoints/ways/offsets.ts';

const utf8 = new TextEncoder();

/** GPT-2's alphabet, written out from its definition and not from the code under test. */
function byteLevel(bytes: Uint8Array): string {
  const kept = new Set([
    ...Array.from({ length: 94 }, (_, i) => 33 + i),
    ...Array.from({ length: 12 }, (_, i) => 161 + i),
    ...Array.from({ length: 82 }, (_, i) => 174 + i),
  ]);
  const moved = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => !kept.has(byte));
  return [...bytes].map((byte) => String.fromCodePoint(kept.has(byte) ? byte : 256 + moved.indexOf(byte))).join('');
}

/** A text cut into tokens of whole bytes, and for each token's end the UTF-16 index that it should be seen at. */
const cutText = fc
  .tuple(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }), fc.infiniteStream(fc.boolean()))
  .map(([text, coins]) => {
    const bytes = utf8.encode(text);
    const tokens: Uint8Array[] = [];
    let from = 0;
    for (let at = 1; at <= bytes.length; at += 1) {
      if (at < bytes.length && coins.next().value) continue;
      tokens.push(bytes.subarray(from, at));
      from = at;
    }
    const starts: number[] = [];
    let index = 0;
    for (const character of text) {
      for (let byte = utf8.encode(character).length; byte > 0; byte -= 1) starts.push(index);
      index += character.length;
    }
    starts.push(index);
    let at = 0;
    const ends = tokens.map((token) => starts[(at += token.length)] ?? -1);
    return { text, tokens, ends };
  });

const decode = (bytes: Uint8Array) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);

describe('cutting an answer by token strings', () => {
  it('finds every end, byte by byte, in the byte-level alphabet', () => {
    fc.assert(
      fc.property(cutText, ({ text, tokens, ends }) => {
        expect(cutByStrings(tokens.map(byteLevel), text, 0)).toEqual({ first: 0, ends });
      }),
    );
  });

  it('finds every end of SentencePiece pieces with bytes spelled out', () => {
    fc.assert(
      fc.property(
        cutText.filter(({ text }) => !text.includes('\u2581') && !text.includes('<')),
        ({ text, tokens }) => {
          const whole = tokens.flatMap((token) =>
            decode(token).includes('\uFFFD') ? [...token].map((byte) => Uint8Array.of(byte)) : [token],
          );
          const pieces = whole.map((token) =>
            token.length === 1 && (token[0] ?? 0) > 127
              ? `<0x${(token[0] ?? 0).toString(16).toUpperCase()}>`
              : decode(token).replaceAll(' ', '\u2581'),
          );
          const cut = cutByStrings(pieces, text, 0);
          expect(cut?.ends.at(-1)).toBe(text.length);
          expect(cut?.ends.length).toBe(pieces.length);
        },
      ),
    );
  });

  it('keeps sums right where tokens are shown as parts of characters: known ends are true, the last one is the text’s', () => {
    fc.assert(
      fc.property(
        cutText.filter(({ text }) => !text.includes('\uFFFD')),
        ({ text, tokens, ends }) => {
          const strings = tokens.map(decode);
          const cut = cutByStrings(strings, text, 0);
          if (!cut) return;
          expect(cut.first).toBe(0);
          expect(cut.ends.length).toBe(tokens.length);
          expect(cut.ends.at(-1)).toBe(text.length);
          if (strings.every((token) => !token.includes('\uFFFD'))) expect(cut.ends).toEqual(ends);
          expect(cut.ends).toEqual(cut.ends.toSorted((a, b) => a - b));
        },
      ),
    );
  });

  it('takes the tokens of a part only, with one that straddles its start', () => {
    expect(cutByStrings(['<s>', 'The', ' end:', ' So', ' be', ' it'], 'The end: So be it', 8)).toEqual({
      first: 3,
      ends: [3, 6, 9],
    });
    expect(cutByStrings(['The', ' end:So', ' be', ' it'], 'The end:So be it', 8)).toEqual({ first: 1, ends: [2, 5, 8] });
    expect(cutByStrings(['The', ' end:', 'So', ' be', '!', '!'], 'The end:So be!!', 8, 13)).toEqual({ first: 2, ends: [2, 5] });
  });

  it('works from the end of a prompt of which only the answer is known', () => {
    expect(cutByStrings(['<|user|>', 'Hi', '<|assistant|>', 'So', ' be'], 'So be', 0)).toEqual({ first: 3, ends: [2, 5] });
    expect(cutByStrings(['>\n', '\nSo', ' be'], 'So be', 0)).toEqual({ first: 1, ends: [2, 5] });
    expect(cutByStrings(['x', '\uFFFD', '\uFFFD', 'a'], 'éa', 0)).toEqual({ first: 1, ends: [0, 1, 2] });
    expect(cutByStrings(['x', '', '', '', '🙂'], '🙂', 0)).toEqual({ first: 1, ends: [0, 0, 0, 2] });
  });

  it('reads bytes as OpenAI writes them', () => {
    expect(cutByStrings(['a', 'bytes:\\xc3', 'bytes:\\xa9', ' b'], 'aé b', 0)).toEqual({ first: 0, ends: [1, 1, 2, 4] });
  });

  it('finds runs of unknown bytes between known tokens', () => {
    expect(cutByStrings(['n', '\uFFFD', '\uFFFD', 'e ', '\uFFFD', '\uFFFD', '\uFFFD', '\uFFFD', '!'], 'née 🙂!', 0)).toEqual({
      first: 0,
      ends: [1, 1, 2, 4, 4, 4, 4, 6, 7],
    });
    expect(cutByStrings(['a ', '\uFFFD', '\uFFFD'], 'a 東', 0)).toEqual({ first: 0, ends: [2, 2, 3] });
  });

  it('takes a run of unknown bytes whole where it starts with the answer, and not at all where it may start before', () => {
    expect(cutByStrings(['x: ', '\uFFFD', '\uFFFD'], 'x: 東', 3)).toEqual({ first: 1, ends: [0, 1] });
    expect(cutByStrings(['x: ', '\uFFFD', '\uFFFD'], 'x: 東京', 4)).toBeNull();
    expect(cutByStrings(['x', '\uFFFD', '\uFFFD', '\uFFFD', '\uFFFD'], 'xéé', 2)).toEqual({ first: 3, ends: [0, 1] });
  });

  it('says null rather than guess', () => {
    expect(cutByStrings(['So', ' be'], 'So it', 0)).toBeNull();
    expect(cutByStrings([' it'], 'So it', 0)).toBeNull();
    expect(cutByStrings(['So', ' be', '<|end|>'], 'So be', 0)).toBeNull();
    expect(cutByStrings(['So be it'], 'So be it', 3, 5)).toBeNull();
    expect(cutByStrings(['q', '\uFFFD'], 'a long text that no unknown token could be', 0)).toBeNull();
    expect(cutByStrings([], 'x', 0)).toBeNull();
  });
});

describe('cutting by offsets', () => {
  const tokens = ['<s>', '🙂', ' so', ' be'];

  it('reads them as code points or as UTF-16 units, whichever is true', () => {
    expect(cutByOffsets(tokens, [0, 0, 1, 4], '🙂 so be', 2, 8)).toEqual({ first: 2, ends: [3, 6] });
    expect(cutByOffsets(tokens, [0, 0, 2, 5], '🙂 so be', 2, 8)).toEqual({ first: 2, ends: [3, 6] });
  });

  it('tells parts of characters apart that strings do not', () => {
    const parts = ['a', '\uFFFD', '\uFFFD', '\uFFFD', '\uFFFD', ' b'];
    expect(cutByOffsets(parts, [0, 1, 1, 2, 2, 3], 'aéé b', 0, 5)).toEqual({ first: 0, ends: [1, 1, 2, 2, 3, 5] });
  });

  it('refuses offsets that are not true', () => {
    expect(cutByOffsets(tokens, [0, 3, 4, 7], '🙂 so be', 2, 8)).toBeNull();
    expect(cutByOffsets(tokens, [-1, -1, -1, -1], '🙂 so be', 2, 8)).toBeNull();
    expect(cutByOffsets(tokens, [0, 4, 1, 5], '🙂 so be', 2, 8)).toBeNull();
    expect(cutByOffsets(tokens, [0, 0], '🙂 so be', 2, 8)).toBeNull();
  });
});
