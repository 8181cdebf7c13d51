import { describe, expect, it } from 'vitest';
import { key } from '../../../../src/core/masks.ts';
import { methodById } from '../../../../src/core/methods/index.ts';
import { createRng } from '../../../../src/core/rng.ts';
import type { Mask } from '../../../../src/core/types.ts';
import { GOLDEN, GOLDEN_METHODS, goldenValue } from '../../../helpers/icx360.ts';

/*
 * IBM's own C-LIME, L-SHAP and leave-one-out on analytic games (test/fixtures/icx360.json): every case to 1e-8.
 */

describe('IBM ICX360', () => {
  it('has its 27 cases', () => {
    expect(GOLDEN).toHaveLength(27);
  });

  it.each(GOLDEN.map((entry, index) => [`${index} ${entry.job.method} n=${entry.job.units.length} ${JSON.stringify(entry.job.params)}`, entry] as const))('%s', (_, { job, attributions, intercept, scored_inputs: asked }) => {
    const method = methodById(GOLDEN_METHODS[job.method]);
    if (!method) throw new Error('no such method');
    const perturbable = job.units.flatMap((_unit, unit) => (Array.isArray(job.unit_types) && job.unit_types[unit] === 'n' ? [] : [unit]));
    const n = perturbable.length;
    const options = method.options.parse({ ...job.params, ...(job.method === 'lshap' ? { normalise: 'icx360' } : {}) });
    const value = (mask: Mask) => {
      const present = job.units.map(() => true);
      perturbable.forEach((unit, position) => (present[unit] = mask[position] === 1));
      return Float64Array.of(goldenValue(job.score, present));
    };

    const run = method.run({ n, columns: 1, weights: Float64Array.of(1), rng: createRng(0, 'golden') }, options, Infinity);
    const distinct = new Set<string>();
    let yielded = 0;
    let step = run.next();
    while (step.done !== true) {
      for (const mask of step.value.masks) distinct.add(key(mask));
      yielded += step.value.masks.length;
      step = run.next(step.value.masks.map(value));
    }
    const found = step.value.attributions[0];

    expect(distinct.size).toBe(asked);
    expect(yielded).toBe(method.evaluations(n, options, Infinity));
    const golden = attributions.length === n ? attributions : perturbable.map((unit) => attributions[unit]);
    golden.forEach((score, unit) => expect(Math.abs((found?.scores[unit] ?? NaN) - (score ?? NaN))).toBeLessThan(1e-8));
    if (intercept !== null) expect(Math.abs((found?.intercept ?? NaN) - intercept)).toBeLessThan(1e-8);
  });
});
