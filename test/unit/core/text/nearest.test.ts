import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nearest } from '../../../../src/core/text/nearest.ts';

it.each([
  ['It is Paris.', ['No.', 'It is Lyon.', 'A river.'], 'It is Lyon.'],
  ['Yes.', ['Yes, sure.', 'Yes.'], 'Yes.'],
  ['x', ['abc', 'def'], 'abc'],
  ['a', [], null],
])('for %j of %j it is %j', (reference, candidates, found) => expect(nearest(reference, candidates)).toBe(found));

it('finds the text itself, and always one of them', () => {
  const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter((given) => given.trim() !== '');
  fc.assert(
    fc.property(text, fc.array(text, { minLength: 1, maxLength: 5 }), (reference, others) => {
      expect(others).toContain(nearest(reference, others));
      const found = nearest(reference, [...others, reference]);
      expect(found?.normalize('NFC').replaceAll(/\s+/gu, ' ').length).toBe(reference.normalize('NFC').replaceAll(/\s+/gu, ' ').length);
    }),
  );
});
