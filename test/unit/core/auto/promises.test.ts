import { describe, expect, it } from 'vitest';
import { heldOut } from '../../../../src/core/faithfulness.ts';
import { halfMasks, key } from '../../../../src/core/masks.ts';
import { auto } from '../../../../src/core/methods/auto.ts';
import { createRng, gaussian } from '../../../../src/core/rng.ts';
import type { Attribution, Mask } from '../../../../src/core/types.ts';
import { coverage, first, play, sum } from '../shapley/games.ts';
import { game, lds, withNoise } from './games.ts';

describe('what auto promises', () => {
  const games = Array.from({ length: 24 }, (_, seed) => {
    const rng = createRng(seed, 'promise');
    const effects = Object.fromEntries(Array.from({ length: 60 }, (__, i) => [i, 0.05 * gaussian(rng) + (i < 4 ? 0.5 + 3 * rng() : 0)]));
    return { seed, effects, value: game(60, effects, [{ units: [20, 41], weight: 1 + 2 * rng(), any: seed % 2 === 0 }]) };
  });

  it('ranks fresh masks of 60 units after 64 noisy calls, with a redundant or joint pair among them', () => {
    const scores = games.map(({ seed, value }) =>
      lds(first(play(auto, 60, [withNoise(value, 0.5, seed)], { seed, budget: 64, options: { early_stop: false } })), 60, value, seed));
    expect(sum(scores) / scores.length).toBeGreaterThan(0.95);
  });

  it('intervals cover the average effects at 95 %, and hold their scores', () => {
    const played = games.map(({ seed, effects, value }) => {
      const truth = Float64Array.from({ length: 60 }, (_, i) => effects[i] ?? 0);
      // A pair's weight is half each unit's, over half masks.
      const [with20, without20] = [1, 0].map((bit) => halfMasks(60, 1, createRng(0, 'one'))[0]?.map((own, i) => (i === 20 ? bit : own)) as Mask);
      const [with41, without41] = [with20, without20].map((mask) => mask?.map((own, i) => (i === 41 ? 1 - own : own)) as Mask);
      const pair = (value(with20 as Mask) + value(with41 as Mask) - value(without20 as Mask) - value(without41 as Mask)) / 2 - (effects[20] ?? 0);
      truth[20] = (truth[20] as number) + pair;
      truth[41] = (truth[41] as number) + pair;
      return { played: play(auto, 60, [withNoise(value, 0.5, seed)], { seed, budget: 96, options: { early_stop: false } }), truth };
    });
    const share = coverage(played);
    expect(share).toBeGreaterThan(0.93);
    expect(share).toBeLessThan(0.975);
    for (const { scores, intervals } of played.map(({ played: one }) => first(one))) {
      intervals?.forEach(([low, high], i) => expect(low <= (scores[i] as number) && (scores[i] as number) <= high).toBe(true));
    }
  });

  it('flags at most one unit in twenty of a model that ignores its input', () => {
    let flagged = 0;
    for (let seed = 0; seed < 20; seed++) {
      const { intervals } = first(play(auto, 40, [withNoise(() => 0, 1, seed)], { seed, budget: 96 }));
      flagged += intervals?.filter(([low, high]) => low > 0 || high < 0).length ?? Number.NaN;
    }
    expect(flagged / 800).toBeLessThan(0.055);
  });

  it('passes its own check on masks that it never saw', () => {
    for (const { seed, value } of games.slice(0, 4)) {
      const { finding, masks } = play(auto, 60, [withNoise(value, 0.3, seed)], { seed });
      const checks = halfMasks(60, 15, createRng(seed, 'checks')).filter((mask) => !masks.some((asked) => key(asked) === key(mask)));
      expect(heldOut(finding.attributions[0] as Attribution, checks, checks.map(value)).verdict).toBe('good');
    }
  });
});
