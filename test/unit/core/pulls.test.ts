import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Pulls } from '../../../src/core/pulls.ts';
import { createRng, gaussian } from '../../../src/core/rng.ts';

it('are to the last bit those of a pass over all features for every step, whenever they are read', () => {
  const anyGame = fc.record({ size: fc.integer({ min: 1, max: 21 }), seed: fc.nat(), starts: fc.integer({ min: 0, max: 9 }), moves: fc.integer({ min: 0, max: 30 }) });
  fc.assert(fc.property(anyGame, ({ size, seed, starts, moves }) => {
    const rng = createRng(seed, 'pulls');
    const some = (length: number) => Float64Array.from({ length }, () => gaussian(rng));
    const [gram, pull, w] = [some(size * size), some(size), some(size).fill(0, Math.min(size, starts))];
    const wanted = pull.slice();
    const step = (j: number, by: number): void => {
      for (let k = 0; k < size; k++) wanted[k] = (wanted[k] as number) - (gram[j * size + k] as number) * by;
    };
    const pulls = new Pulls({ gram, pull });
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
  }));
});
