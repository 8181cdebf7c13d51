import { describe, expect, it } from 'vitest';
import { heldOut, heldOutMasks } from '../../../src/core/faithfulness.ts';
import { methods } from '../../../src/core/methods/index.ts';
import { createRng } from '../../../src/core/rng.ts';
import type { Attribution, Mask, Method } from '../../../src/core/types.ts';
import { game } from './auto/games.ts';

/*
 * The verdict on what the methods really say: methods.md section 7 wants `unusable` where no sum of single units can
 * follow the value and nobody looked for pairs.
 */

const N = 10;
const BUDGET = 120;
const SEEDS = 40;
/** Of the one method that is slow. */
const FEW = 8;

function scored(method: Method, value: (mask: Mask) => number, seed: number): Attribution {
  const run = method.run({ n: N, columns: 1, weights: Float64Array.of(1), rng: createRng(seed, 'method') }, method.options.parse({}), BUDGET);
  let step = run.next();
  while (!step.done) step = run.next(step.value.masks.map((mask) => Float64Array.of(value(mask))));
  return step.value.attributions[0] as Attribution;
}

function verdicts(method: Method, value: (mask: Mask) => number, seeds = SEEDS) {
  return Array.from({ length: seeds }, (_, seed) => {
    const masks = heldOutMasks(N, BUDGET, createRng(seed, 'holdout'));
    return heldOut(scored(method, value, seed), masks, masks.map(value));
  });
}

const auto = methods.find(({ id }) => id === 'auto') as Method;
const share = (found: readonly { verdict: string }[], verdict: string) => found.filter((one) => one.verdict === verdict).length / found.length;

/** Worth 6 when exactly one of two units is there, and nothing else matters. */
const pureInteraction = game(N, { 2: 6, 7: 6 }, [{ units: [2, 7], weight: -12, any: false }]);
const additive = game(N, { 1: 4, 5: 2, 8: -1 });

describe('the verdict on real attributions', () => {
  it.each(methods.filter(({ id }) => id !== 'auto').map((method) => [method.id, method] as const))('%s: unusable on a pure interaction, good on a sum', (_, method) => {
    const found = verdicts(method, pureInteraction);
    expect(share(found, 'unusable')).toBeGreaterThanOrEqual(0.95);
    for (const { verdict, reasons } of found) {
      if (verdict === 'unusable') expect(reasons.join(' ')).toMatch(/no better than chance|this method does not look for pairs|predicts the same for every/);
    }
    expect(share(verdicts(method, additive), 'good')).toBe(1);
  });

  it('auto: good on pairs whose units show alone too, and on a sum', () => {
    const redundant = game(N, { 1: 2 }, [{ units: [3, 6], weight: 5, any: true }]);
    for (const value of [redundant, additive]) expect(share(verdicts(auto, value, FEW), 'good')).toBe(1);
  });

  it('auto: on a pure interaction, which it may miss, good just where it found the pair', () => {
    verdicts(auto, pureInteraction, FEW).forEach(({ verdict }, seed) => {
      const found = scored(auto, pureInteraction, seed).interactions?.some(({ units }) => units.join() === '2,7');
      expect([seed, verdict === 'good']).toEqual([seed, found]);
    });
  });
});
