import { describe, expect, it } from 'vitest';
import { repeats, stemmerFor } from '../../../../src/core/edits/stems.ts';

describe('proposals that repeat the words they are to replace', () => {
  const english = 'The turtles are swimming in the sea, and nobody knows where they will be going.';

  it.each<[string, string, string, boolean]>([
    ['swimming', 'swims', english, true],
    ['swimming', 'Swim', english, true],
    ['swimming', 'sleeping', english, false],
    ['turtles are swimming in', 'turtle are swimming under', english, true],
    ['turtles are swimming', 'turtles are sleeping', english, false],
    ['sea', 'the wide sea', english, true],
    ['Katzen', 'die Katze', 'Die Katzen sind auf dem Dach, und der Hund ist nicht da.', true],
    ['animales', 'animal', 'Los animales están en la casa y no hay nadie con ellos.', true],
    ['книги', 'книга', 'На столе лежат книги и тетради.', true],
    ['猫', '犬', '私は猫が好きです。', false],
    ['猫', '猫', '私は猫が好きです。', true],
  ])('%j → %j', (words, proposal, text, expected) => {
    expect(repeats(words, proposal, stemmerFor(text))).toBe(expected);
  });
});
