import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { offsetOfCodePoint } from '../../../../src/core/text/codepoints.ts';
import { csv } from '../../../../src/core/text/csv.ts';
import { fMeasure } from '../../../../src/core/text/fmeasure.ts';
import { lcsLength } from '../../../../src/core/text/lcs.ts';
import { commonCount, ngrams, ngramTotal } from '../../../../src/core/text/ngrams.ts';

/** The textbook recurrence, as the oracle. */
function tableLcs(a: readonly string[], b: readonly string[]): number {
  let above = Array.from({ length: b.length + 1 }, () => 0);
  for (const item of a) {
    const row = [0];
    b.forEach((other, index) => row.push(
      item === other ? (above[index] ?? 0) + 1 : Math.max(above[index + 1] ?? 0, row[index] ?? 0)
    ));
    above = row;
  }
  return above.at(-1) ?? 0;
}

describe('lcsLength', () => {
  it.each([['ABCBDAB', 'BDCABA', 4], ['', 'A', 0], ['AAAA', 'AA', 2], ['ABC', 'CBA', 1]])('%s, %s', (a, b, length) =>
    expect(lcsLength(Array.from(a), Array.from(b))).toBe(length));

  it('is what the recurrence gives, over many words of bits', () => {
    const items = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 110 });
    fc.assert(fc.property(items, items, (a, b) => lcsLength(a, b) === tableLcs(a, b)));
    const long = Array.from({ length: 4096 }, () => 'x');
    expect(lcsLength(long, long)).toBe(4096);
  });
});

it('ngrams counts, and commonCount clips', () => {
  const a = ngrams(['a', 'b', 'a', 'b'], 2);
  expect([...a]).toEqual([['a\nb', 2], ['b\na', 1]]);
  expect(commonCount(a, ngrams(['a', 'b', 'c', 'a', 'b', 'a', 'b'], 2))).toBe(3);
  expect([ngramTotal(4, 2), ngramTotal(1, 2)]).toEqual([3, 0]);
});

it('fMeasure weighs recall', () => {
  expect([
    fMeasure(0.5, 1, 1),
    fMeasure(0.5, 1, 2),
    fMeasure(1, 1, 3),
    fMeasure(0, 1, 1),
    fMeasure(0, 0, 1),
  ]).toEqual([2 / 3, 2.5 / 3, 1, 0, 0]);
});

describe('offsetOfCodePoint', () => {
  it('skips over pairs and knows where the text ends', () => {
    expect([0, 1, 2, 3, 4].map((count) => offsetOfCodePoint('a😀b', count))).toEqual([0, 1, 3, 4, null]);
  });

  it('finds every code point, lone surrogates too', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.array(
        fc.constantFrom('\ud83d', '\ude00'),
        { maxLength: 5 },
      ), (text, lone) => {
        const mixed = text + lone.join('');
        const points = Array.from(mixed);
        expect(points.map((_, index) => offsetOfCodePoint(mixed, index))).toEqual(
          points.map((_, index) => points.slice(0, index).join('').length)
        );
        expect(offsetOfCodePoint(mixed, points.length)).toBe(mixed.length);
      }),
    );
  });
});

describe('csv', () => {
  it('can be read again', () => {
    const cell = fc.oneof(fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ') }), fc.constant(null));
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { maxLength: 4 }), (records) => {
        expect(readCsv(csv(records))).toEqual(records);
      }),
    );
  });
});

/** A reader of RFC 4180 that tells an empty field (null) from a quoted empty one. */
function readCsv(text: string): (string | null)[][] {
  const records: (string | null)[][] = [];
  let record: (string | null)[] = [];
  for (const match of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    const bare = match[2] === '' || match[2] === undefined ? null : match[2];
    record.push(match[1] === undefined ? bare : match[1].replaceAll('""', '"'));
    if (match[3] === ',') continue;
    records.push(record);
    record = [];
  }
  return records;
}
