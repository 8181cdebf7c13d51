import { describe, expect, it } from 'vitest';
import { partsOf } from '../../../../src/core/levels/branches.ts';
import { carrier, firstFront, openedFront } from '../../../../src/core/levels/front.ts';
import type { Cut } from '../../../../src/core/levels/levels.ts';
import { pooled, Rows } from '../../../../src/core/levels/rows.ts';
import { halfMasks, key } from '../../../../src/core/masks.ts';
import { methodById } from '../../../../src/core/methods/index.ts';
import { createRng, gaussian } from '../../../../src/core/rng.ts';
import type { Attribution, Game, Mask, Method } from '../../../../src/core/types.ts';
import { ladderOf, textOf } from '../../../helpers/levelgames.ts';

const method = (id: string): Method => methodById(id) as Method;

/** Twelve paragraphs, three of which are opened into four sentences each. */
const ladder = ladderOf({ prompt: textOf(Array.from({ length: 12 }, () => ['a', 'b', 'c', 'd'])) }, ['paragraph', 'sentence']);
const coarse = firstFront(ladder.roots);
const fine = openedFront(coarse, new Map(coarse.leaves.slice(0, 3).map((leaf) => [leaf, partsOf(leaf, ladder.cuts[1] as Cut)])), false);
const n = fine.leaves.length;

/** Effects of the units of the finer front; of the siblings in each opened one, a strong, a weak and two without any. */
const EFFECTS = Array.from({ length: n }, (_, unit) => [4, 0, 1, 0, -3, 0, 0, 0.5, 0, 2, 0, 0, 1.5][unit] ?? 0);

function play(id: string, seed: number, first: number, second: number, noise: number): { fit: Attribution | undefined; own: Attribution | undefined } {
  const rng = createRng(seed, 'rows');
  const draw = (mask: Mask) => Float64Array.of(mask.reduce((sum, bit, unit) => sum + bit * (EFFECTS[unit] as number), -20) + noise * gaussian(rng));
  const carry = carrier(coarse, fine);
  const rows = new Rows();
  for (const mask of halfMasks(coarse.leaves.length, first, rng).map(carry)) rows.add({ mask, values: draw(mask), stage: 0 });
  const drawn = halfMasks(n, second, rng);
  for (const mask of drawn) rows.add({ mask, values: draw(mask), stage: 1 });
  const each = method(id);
  const options = each.options.parse(id === 'lasso' ? { alpha: 'cv' } : {});
  const game: Game = { n, columns: 1, weights: Float64Array.of(1), rng };
  const asked = new Set(drawn.map(key));
  const fit = pooled(each, game, options, { front: fine, stage: 1, rows, asked }, false);
  const known = new Map(rows.all().map((row) => [key(row.mask), row.values]));
  const own = each.fit?.(game, drawn, drawn.map((mask) => known.get(key(mask)) as Float64Array), options);
  return { fit: fit?.[0], own: own?.[0] };
}

const miss = ({ scores }: Pick<Attribution, 'scores'>) => Math.sqrt(EFFECTS.reduce((sum, effect, unit) => sum + ((scores[unit] as number) - effect) ** 2, 0) / n);
const mean = (numbers: number[]) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

describe('a fit to the evaluations of all stages', () => {
  it.each(['lasso', 'auto'])('is nearer to the truth than one to the last stage alone (%s)', (id) => {
    const games = Array.from({ length: 12 }, (_, seed) => play(id, seed, 40, 30, 0.5));
    expect(mean(games.map(({ fit }) => miss(fit as Attribution)))).toBeLessThan(0.85 * mean(games.map(({ own }) => miss(own as Attribution))));
  });

  it.each(['lasso', 'auto'])('has intervals that cover the truth, of units that came and went together too (%s)', (id) => {
    const games = Array.from({ length: 20 }, (_, seed) => play(id, 100 + seed, 40, 48, 0.5).fit);
    const covered = games.flatMap((fit) => EFFECTS.map((effect, unit) => {
      const [low, high] = fit?.intervals?.[unit] ?? [NaN, NaN];
      return low <= effect && effect <= high ? 1 : 0;
    }));
    expect(mean(covered)).toBeGreaterThan(0.92);
  });

  it('of means over draws of one unit at a time leaves the others out', () => {
    const { fit, own } = play('banzhaf', 3, 40, 64, 0.5);
    expect(fit).toEqual(own);
  });

  it('leaves out what a frozen unit is absent in, and what has no value', () => {
    const frozen = openedFront(coarse, new Map([[coarse.leaves[0] as (typeof coarse.leaves)[number], partsOf(coarse.leaves[0] as (typeof coarse.leaves)[number], ladder.cuts[1] as Cut)]]), true);
    const size = frozen.leaves.length;
    const rows = new Rows();
    const row = (absent: number[], value: number, stage: number) => rows.add({ mask: Uint8Array.from({ length: size }, (_, unit) => (absent.includes(unit) ? 0 : 1)), values: Float64Array.of(value), stage });
    row([], 10, 0);
    row([size - 1], 1_000, 0);
    row([0], 6, 1);
    row([1], NaN, 1);
    row([2], 10, 1);
    row([0, 3], 6, 1);
    row([2, 3], 99, 2);
    const seen: { masks: readonly Mask[]; coarse: number }[] = [];
    const spy: Method = {
      ...method('lasso'),
      fit: (game, masks) => {
        seen.push({ masks, coarse: game.coarse ?? 0 });
        return [];
      },
    };
    pooled(spy, { n: 4, columns: 1, weights: Float64Array.of(1), rng: () => 0 }, {}, { front: frozen, stage: 1, rows, asked: new Set() }, false);
    expect(seen.map((call) => [call.masks.map((mask) => mask.join('')), call.coarse])).toEqual([[['1111', '0111', '1101', '0110'], 1]]);
  });

  it('is not made of what a stage that was cut short leaves', () => {
    const rows = new Rows();
    const game: Game = { n, columns: 1, weights: Float64Array.of(1), rng: () => 0 };
    const options = method('lasso').options.parse({});
    for (const mask of halfMasks(coarse.leaves.length, 20, createRng(1, 'cut')).map(carrier(coarse, fine))) rows.add({ mask, values: Float64Array.of(mask[0] as number), stage: 0 });
    expect(pooled(method('lasso'), game, options, { front: fine, stage: 1, rows, asked: new Set() }, true)).toBeNull();
    for (let absent = 0; absent < n; absent += 1) rows.add({ mask: new Uint8Array(n).fill(1).with(absent, 0), values: Float64Array.of(1), stage: 1 });
    expect(pooled(method('banzhaf'), game, method('banzhaf').options.parse({}), { front: fine, stage: 1, rows, asked: new Set() }, false)).toBeNull();
  });

  it('is not made where the method is no regression, or nothing earlier serves', () => {
    const rows = new Rows();
    rows.add({ mask: new Uint8Array(n), values: Float64Array.of(1), stage: 1 });
    const at = { front: fine, stage: 1, rows, asked: new Set<string>() };
    const game: Game = { n, columns: 1, weights: Float64Array.of(1), rng: () => 0 };
    expect(pooled(method('shapley'), game, {}, at, true)).toBeNull();
    expect(pooled(method('lasso'), game, method('lasso').options.parse({}), at, false)).toBeNull();
  });
});
