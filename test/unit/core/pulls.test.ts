import fc from 'fast-check';
import { expect, it } from 'vitest';
import { heap, onHeap, room, take } from '../../../src/core/kernel/heap.ts';
import { Pulls } from '../../../src/core/pulls.ts';
import { createRng, gaussian } from '../../../src/core/rng.ts';

it.each([['on the heap', onHeap], ['beside it', <T>(work: () => T) => work()]])('%s are to the last bit those of a pass over all features for every step, whenever they are read', (_, where) => {
  const anyGame = fc.record({ size: fc.integer({ min: 1, max: 21 }), seed: fc.nat(), starts: fc.integer({ min: 0, max: 9 }), moves: fc.integer({ min: 0, max: 30 }) });
  fc.assert(fc.property(anyGame, ({ size, seed, starts, moves }) => where(() => {
    const rng = createRng(seed, 'pulls');
    const some = (length: number) => Float64Array.from({ length }, () => gaussian(rng));
    const [gram, pull, w] = [some(size * size), some(size), some(size).fill(0, Math.min(size, starts))];
    const wanted = pull.slice();
    const step = (j: number, by: number): void => {
      for (let k = 0; k < size; k++) wanted[k] = (wanted[k] as number) - (gram[j * size + k] as number) * by;
    };
    const there = room(gram.length);
    there.set(gram);
    const pulls = new Pulls({ gram: rng() < 0.5 ? gram : there, pull });
    pulls.step(0, 7);
    // What was before is forgotten.
    pulls.set(w);
    w.forEach((value, j) => value !== 0 && step(j, value));
    for (let move = 0; move < moves; move++) {
      const [j, other, by] = [Math.floor(rng() * size), Math.floor(rng() * size), gaussian(rng)];
      pulls.step(j, by);
      step(j, by);
      expect(pulls.of(other)).toBe(wanted[other]);
      if (rng() < 0.2) expect([...pulls.all()]).toEqual([...wanted]);
    }
    expect([...pulls.all()]).toEqual([...wanted]);
  })));
});

it('several stand side by side on the heap, and what they took is given back, whatever happens', () => {
  const first = onHeap(() => take(3));
  expect(() => onHeap(() => {
    expect([take(3), take(1)]).toEqual([first, (first as number) + 4]);
    expect(onHeap(() => take(8))).toBe((first as number) + 6);
    const [one, other] = [1, 2].map((pull) => new Pulls({ gram: Float64Array.of(1), pull: Float64Array.of(pull) }));
    for (let step = 0; step < 5; step++) one?.step(0, 0.5);
    expect([...(one?.all() ?? []), ...(other?.all() ?? [])]).toEqual([-1.5, 2]);
    throw new Error('on the way');
  })).toThrow('on the way');
  expect(onHeap(() => take(1))).toBe(first);
});

it('there is no room for more than the heap holds, nor where nobody gives it back', () => {
  expect(take(1)).toBeNull();
  expect(onHeap(() => take(heap.length + 1))).toBeNull();
});

it('are right where the covariances are the last for which there is room', () => {
  onHeap(() => {
    const start = take(2) as number;
    take(heap.length - start - 2 - 4);
    const gram = room(4);
    gram.set([1, 2, 3, 4]);
    const pulls = new Pulls({ gram, pull: Float64Array.of(10, 10) });
    for (let step = 0; step < 5; step++) pulls.step(1, 1);
    expect([...pulls.all()]).toEqual([-5, -10]);
  });
});
