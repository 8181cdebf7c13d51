import { describe, expect, it } from 'vitest';
import { swap } from '../../../../src/core/infillers/swap.ts';

function swapping(given: object) {
  const options = swap.options.parse(given);
  return {
    found: (text: string) => (swap.stretches?.(text, options) ?? []).map(({ start, end }) => text.slice(start, end)),
    proposals: (words: string) => swap.proposals?.(words, options) ?? [],
  };
}

describe('swap', () => {
  it('finds words of its list whatever their case, and only whole words', () => {
    const { found, proposals } = swapping({ words: { tortoise: ['turtle', 'cat'] } });
    expect(found('A Tortoise, two tortoises, one TORTOISE.')).toEqual(['Tortoise', 'TORTOISE']);
    expect(proposals('tortoise')).toEqual(['turtle', 'cat']);
    expect(proposals('rabbit')).toEqual([]);
  });

  it('a capital stays one', () => {
    const { proposals } = swapping({ words: { lunch: ['dinner'] } });
    expect(proposals('Lunch')).toEqual(['Dinner']);
    expect(proposals('lunch')).toEqual(['dinner']);
  });

  it('takes the longest entry, across whitespace of any kind', () => {
    const { found, proposals } = swapping({ words: { 'New York': ['Paris'], york: ['Leeds'], new: ['old'] } });
    expect(found('New\n York is new. York too.')).toEqual(['New\n York', 'new', 'York']);
    expect(proposals('New\n York')).toEqual(['Paris']);
  });

  it('of a kind, each stands for every other and none for itself', () => {
    const { found, proposals } = swapping({ kinds: [['cat', 'dog', 'owl'], ['red', 'blue']], words: { cat: ['', 'Cat', 'dog'] } });
    expect(proposals('cat')).toEqual(['', 'dog', 'owl']);
    expect(proposals('dog')).toEqual(['cat', 'owl']);
    expect(found('The red cat saw an owl.')).toEqual(['red', 'cat', 'owl']);
  });

  it('finds nothing without a list, and what a list says of a word alone is no entry', () => {
    expect(swapping({}).found('Any words.')).toEqual([]);
    expect(swapping({ words: { same: ['SAME'] } }).found('The same.')).toEqual([]);
    expect(swap.options.safeParse({ kinds: [['one']] }).success).toBe(false);
    expect(swap.options.safeParse({ words: { '': ['x'] } }).success).toBe(false);
  });
});
