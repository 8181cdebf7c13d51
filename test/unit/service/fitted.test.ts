import { describe, expect, it } from 'vitest';
import { key } from '../../../src/core/masks.ts';
import { auto } from '../../../src/core/methods/auto.ts';
import { lasso } from '../../../src/core/methods/lasso.ts';
import { createRng, gaussian } from '../../../src/core/rng.ts';
import type { Attribution, Game, Mask, Method } from '../../../src/core/types.ts';
import { fitted, type Fitting } from '../../../src/service/fitted.ts';

const N = 24;

/** Two targets: the first is led by three units, the second by others, and by more of them. */
function values(): (mask: Mask) => Float64Array {
  const [rng, known] = [createRng(1, 'noise'), new Map<string, Float64Array>()];
  return (mask) => {
    const at = (unit: number): number => mask[unit] as number;
    const noise = (): number => 0.2 * gaussian(rng);
    const name = key(mask);
    const row = known.get(name) ?? Float64Array.of(3 * at(1) - 2 * at(5) + at(9) + noise(), at(2) * at(3) + 0.7 * at(11) - at(17) + 0.5 * at(20) + noise());
    known.set(name, row);
    return row;
  };
}

function job(method: Method, budget: number): { masks: Mask[]; value: (mask: Mask) => Float64Array; finding: readonly Attribution[]; game: (columns: number) => Game } {
  const value = values();
  const game = (columns: number): Game => ({ n: N, columns, weights: new Float64Array(columns).fill(1), rng: createRng(4, 'method') });
  const masks: Mask[] = [];
  const run = method.run(game(1), method.options.parse({}), budget);
  let step = run.next();
  while (step.done !== true) {
    masks.push(...step.value.masks);
    step = run.next(step.value.masks.map((mask) => value(mask).subarray(0, 1)));
  }
  return { masks, value, finding: step.value.attributions, game };
}

function fitting(method: Method, { masks, value, game }: ReturnType<typeof job>, target: 0 | 1): Fitting {
  const asked = [...new Map(masks.map((mask) => [key(mask), mask])).values()];
  const extra = Uint8Array.from({ length: N }, (_, unit) => unit % 2);
  const seen = [...asked.map((mask) => ({ mask, role: 'method' as const })), { mask: extra, role: 'holdout' as const }];
  return { method, own: true, options: method.options.parse({}), calls: 96, game: () => game(1), seen, values: seen.map(({ mask }) => value(mask).slice(target, target + 1)) };
}

describe('the job’s own numbers for its own target', () => {
  it.each([['auto', auto], ['lasso', lasso]])('%s', (_, method) => {
    const done = job(method, 96);
    expect(fitted(fitting(method, done, 0))).toEqual(done.finding);
  });
});

describe('auto', () => {
  it('is fitted once, to every evaluation of the method and no other, whatever target it is', () => {
    const done = job(auto, 96);
    const fits: number[] = [];
    const watched: Method = {
      ...auto,
      run: () => {
        throw new Error('played again');
      },
      fit: (game, masks, seen, options) => {
        fits.push(masks.length);
        return auto.fit?.(game, masks, seen, auto.options.parse(options)) ?? [];
      },
    };
    const [found] = fitted(fitting(watched, done, 1));
    expect(fits).toEqual([done.masks.length]);
    const order = [...(found?.scores.keys() ?? [])].sort((i, j) => Math.abs(found?.scores[j] ?? 0) - Math.abs(found?.scores[i] ?? 0));
    expect(order[0]).toBe(17);
  });
});
