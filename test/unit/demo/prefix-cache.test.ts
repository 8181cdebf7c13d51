import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ModelConfig } from '../../../demo/model-files.ts';
import { readConfig } from '../../../demo/model-files.ts';
import { PrefixCache } from '../../../demo/prefix-cache.ts';
import { Sequence, sharedPrefix } from '../../../demo/sequence.ts';
import { folder } from './support.ts';

const config: ModelConfig = { ...readConfig(folder), width: 8, layers: 1 };
const perToken = Sequence.bytesPerToken(config);

function sequence(ids: readonly number[]): Sequence {
  const made = new Sequence(config, 32);
  made.ids.set(ids);
  made.hidden.set(ids.map((id) => id / 7));
  made.length = ids.length;
  return made;
}

const lists = fc.array(fc.array(fc.nat(2), { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 12 });

describe('prefix cache', () => {
  it('finds the longest shared prefix of what it was given, as long as there is room', () => {
    fc.assert(fc.property(lists, fc.array(fc.nat(2), { minLength: 1, maxLength: 6 }), (kept, asked) => {
      const cache = new PrefixCache(config, 1000 * perToken);
      for (const ids of kept) cache.keep(sequence(ids));
      const expected = Math.max(...kept.map((ids) => sharedPrefix(ids, ids.length, asked, asked.length)));
      expect(cache.longest(Int32Array.from(asked))?.length ?? 0).toBe(expected);
    }));
  });

  it('never holds more than its limit, nor the beginning of another entry', () => {
    fc.assert(fc.property(lists, fc.nat(12), (kept, limit) => {
      const cache = new PrefixCache(config, limit * perToken);
      for (const ids of kept) {
        cache.keep(sequence(ids));
        expect(cache.tokens).toBeLessThanOrEqual(limit);
        if (ids.length <= limit) expect(cache.longest(Int32Array.from(ids))?.length).toBe(ids.length);
      }
      for (let length = 1; length < 6; length++) {
        const grown = new PrefixCache(config, 100 * perToken);
        grown.keep(sequence([1, 2, 0, 1, 2, 0].slice(0, length)));
        grown.keep(sequence([1, 2, 0, 1, 2, 0]));
        expect(grown.tokens).toBe(6);
      }
    }));
  });

  it('forgets the entry that was not used for longest', () => {
    const cache = new PrefixCache(config, 4 * perToken);
    cache.keep(sequence([1, 1]));
    cache.keep(sequence([2, 2]));
    expect(cache.longest(Int32Array.of(1, 1))?.length).toBe(2);
    cache.keep(sequence([0, 0]));
    expect(cache.longest(Int32Array.of(1, 1))?.length).toBe(2);
    expect(cache.longest(Int32Array.of(2, 2))).toBeNull();
  });

  it('keeps copies', () => {
    const cache = new PrefixCache(config, 10 * perToken);
    const mine = sequence([1, 2]);
    cache.keep(mine);
    mine.ids[0] = 0;
    mine.hidden[0] = 9;
    const kept = cache.longest(Int32Array.of(1, 2));
    expect(kept?.length).toBe(2);
    expect(kept?.sequence.hidden[0]).toBeCloseTo(1 / 7, 6);
  });

  it('is off without memory', () => {
    expect(new PrefixCache(config, 0).enabled).toBe(false);
    expect(new PrefixCache(config, perToken).enabled).toBe(true);
  });
});

describe('sequence', () => {
  it('forgets what it knew of the token after its new end', () => {
    const one = sequence([1, 2, 0]);
    one.nextRank.set([4, 5, 0]);
    one.truncate(2);
    expect(Array.from(one.nextRank.subarray(0, 2))).toEqual([4, 0]);
    one.truncate(0);
    expect(one.length).toBe(0);
  });
});
