import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isBlank, isLineStart, lastLineStart, stronger, trimmed } from '../../../src/core/whitespace.ts';

const whitespace = fc.string({ unit: fc.constantFrom(' ', '\n', '\r', '\r\n', '\t', '\u2028', '\u3000'), maxLength: 6 });

it('the stronger separator has more line ends, then more characters, then came first', () => {
  expect(stronger(' ', '\n')).toBe('\n');
  expect(stronger('\n\n', '\n    ')).toBe('\n\n');
  expect(stronger(' ', '  ')).toBe('  ');
  expect(stronger('\t', ' ')).toBe('\t');
  expect(stronger('\r\n', '\n\n')).toBe('\n\n');
  expect(stronger('\n', '\r\n')).toBe('\r\n');
});

it('the stronger of two is one of them, and of two orders the same strength', () => {
  fc.assert(
    fc.property(whitespace, whitespace, (a, b) => {
      expect([a, b]).toContain(stronger(a, b));
      expect(stronger(a, b).length).toBe(stronger(b, a).length);
    }),
  );
});

it('a line starts behind a line end, and not inside one', () => {
  expect([0, 1, 2, 3].map((offset) => isLineStart('a\r\n', offset))).toEqual([true, false, false, true]);
  expect(isLineStart('a\rb', 2)).toBe(true);
  expect(lastLineStart('\n\n  ')).toBe(2);
  expect(lastLineStart('  ')).toBe(0);
  expect(lastLineStart('\r\n')).toBe(2);
});

it('a text is what it was taken apart into', () => {
  fc.assert(
    fc.property(whitespace, fc.string(), whitespace, (lead, middle, trail) => {
      const text = lead + middle + trail;
      const parts = trimmed(text);
      expect(parts.lead + parts.core + parts.trail).toBe(text);
      expect(isBlank(parts.core)).toBe(isBlank(text));
      if (!isBlank(text)) expect(parts.core).toBe(text.trim());
    }),
  );
});
