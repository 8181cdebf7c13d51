import { describe, expect, it } from 'vitest';
import { faithfulnessSchema } from '../../../src/contract/resource.ts';
import { checkDesign } from '../../../src/core/curves/design.ts';
import { doubtsOf } from '../../../src/core/curves/doubts.ts';
import { checkReport } from '../../../src/core/curves/report.ts';
import { CHECKS } from '../../../src/core/curves/spec.ts';
import type { HeldOut } from '../../../src/core/faithfulness.ts';
import { createRng } from '../../../src/core/rng.ts';
import { publicFaithfulness } from '../../../src/service/checks.ts';
import { additive, equal } from '../core/curves/games.ts';

const worth = [4, -1, 0.5, 3, 0, 0, 2, 0.25, 0, 1];
const heldOut = (verdict: HeldOut['verdict']): HeldOut => ({ holdout_r2: 0.9, lds: 0.9, verdict, reasons: ['As before.'] });
/** Perturbable units are every other one of the input. */
const perturbable = Int32Array.from(worth, (_, at) => 2 * at + 1);

function shown(verdict: HeldOut['verdict'], scores: readonly number[]) {
  const design = checkDesign(scores, equal(10), { checks: CHECKS, baselines: 3, topK: [1, 3] }, createRng(1, 'checks'));
  const values = additive(worth)(design.masks);
  return publicFaithfulness(heldOut(verdict), { target: 0, report: checkReport(design, values), doubts: doubtsOf(design, values), calls: 7 }, perturbable);
}

describe('what is shown of the checks', () => {
  it('fits the contract and names the units of the input', () => {
    const found = shown('good', worth);
    expect(faithfulnessSchema.parse(found)).toEqual(found);
    expect(found).toMatchObject({ verdict: 'good', checked: { calls: 7 }, necessity: { k: 2, units: [1, 7] } });
    expect(found.reasons[0]).toBe('As before.');
    expect(found.reasons.length).toBeGreaterThan(4);
    expect(faithfulnessSchema.parse(publicFaithfulness(heldOut('weak'), null, perturbable))).toMatchObject({ verdict: 'weak', deletion: null, checked: null });
  });

  it('is no `good` verdict where chance takes away what matters sooner, and why is said', () => {
    const backwards = worth.map((one) => -one);
    expect(shown('good', backwards).verdict).toBe('weak');
    expect(shown('good', backwards).reasons.join(' ')).toMatch(/As before\. Units taken away in random order lower the value more/);
    expect(shown('unusable', backwards).verdict).toBe('unusable');
    expect(shown('unusable', worth).verdict).toBe('unusable');
  });
});
