import fc from 'fast-check';
import { expect, it } from 'vitest';
import { codePointCount, codePointOffset } from '../../../src/core/codepoints.ts';

it('counts a pair once, and a lone surrogate once', () => {
  expect(codePointCount('a😀é')).toBe(3);
  expect(codePointCount('\ud83d')).toBe(1);
  expect(codePointCount('\ude00\ud83d')).toBe(2);
  expect(codePointCount('\ud83d\ud83d\ude00')).toBe(2);
});

it('counts as the string iterator does, at every boundary between code points', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const points = Array.from(text);
      const offsets = points.map((_, i) => points.slice(0, i).join('').length);
      const counted = [...offsets, text.length].map((offset) => codePointOffset(text, offset));
      expect(counted).toEqual([...offsets.keys(), points.length]);
      expect(codePointCount(text)).toBe(points.length);
    }),
  );
});

it('an offset inside a pair counts the pair that starts before it', () => {
  expect(codePointOffset('a😀b', 2)).toBe(2);
});
