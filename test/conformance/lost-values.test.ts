import fc from 'fast-check';
import { expect, it } from 'vitest';
import { methods } from '../../src/core/methods/index.ts';
import { createRng } from '../../src/core/rng.ts';
import type { Mask } from '../../src/core/types.ts';
import { additive, first, play } from '../unit/core/shapley/games.ts';

/* What a failed evaluation may cost, whatever the method. */

/** Their scores are sums of v(S + i) − v(S); a regression's scores need every value. */
const LOCAL = new Set(['leave-one-out', 'lshap', 'shapley', 'owen']);

/** A value of its own for every mask, between −1 and 1. */
const rough = (seed: number) => (mask: Mask): number => 2 * createRng(seed, mask.join(''))() - 1;
const lacking = (gone: Mask, value: (mask: Mask) => number) => (mask: Mask): number => (String(mask) === String(gone) ? Number.NaN : value(mask));

/** Whether the mask is one end of a marginal of the unit between masks that were asked. */
const needed = (unit: number, mask: Mask, asked: ReadonlySet<string>): boolean =>
  asked.has(String(mask.map((bit, at) => (at === unit ? 1 - bit : bit))));

it.each(methods.map((method) => [method.id, method] as const))('%s: what has no effect is not said to have one when a value is lost', (_, method) => {
  const weights = [4, 0, 0, -2, 0, 0, 1, 0, 0, 0];
  const { masks } = play(method, 10, [additive(weights)], { budget: 100 });
  const wrong = masks.filter((__, at) => at % Math.ceil(masks.length / 25) === 0).flatMap((gone) => {
    const { scores, intervals } = first(play(method, 10, [lacking(gone, additive(weights))], { budget: 100 }));
    return weights.flatMap((weight, unit) => {
      const [low, high] = intervals?.[unit] ?? [scores[unit] as number, scores[unit] as number];
      return weight === 0 && (low > 1e-8 || high < -1e-8) ? [`${unit} in [${low}, ${high}] without ${String(gone)}`] : [];
    });
  });
  expect(wrong).toEqual([]);
});

it.each(methods.filter(({ id }) => LOCAL.has(id)).map((method) => [method.id, method] as const))('%s: a lost value leaves alone the units whose scores never needed it', (_, method) => {
  fc.assert(fc.property(fc.integer({ min: 3, max: 12 }), fc.nat(), (n, seed) => {
    const whole = play(method, n, [rough(seed)], { budget: 90, seed });
    const asked = new Set(whole.masks.map(String));
    const gone = whole.masks[seed % whole.masks.length] as Mask;
    const { scores } = first(play(method, n, [lacking(gone, rough(seed))], { budget: 90, seed }));
    scores.forEach((score, unit) => {
      if (!needed(unit, gone, asked)) expect(score).toBe(first(whole).scores[unit]);
    });
    // A unit that the value does belong to is scored by what is left, or not at all.
    expect(scores.every((score) => Number.isNaN(score) || Math.abs(score) <= 2)).toBe(true);
  }), { numRuns: 60 });
});
