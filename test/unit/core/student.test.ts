import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalQuantile } from '../../../src/core/normal.ts';
import { createRng, gaussian } from '../../../src/core/rng.ts';
import { mean, variance } from '../../../src/core/statistics.ts';
import { studentReach } from '../../../src/core/student.ts';

describe('studentReach', () => {
  // The table every textbook prints, two-sided.
  it.each([
    [1, 6.314, 12.706, 63.657], [2, 2.92, 4.303, 9.925], [3, 2.353, 3.182, 5.841], [4, 2.132, 2.776, 4.604],
    [5, 2.015, 2.571, 4.032], [6, 1.943, 2.447, 3.707], [9, 1.833, 2.262, 3.25], [10, 1.812, 2.228, 3.169],
    [20, 1.725, 2.086, 2.845], [30, 1.697, 2.042, 2.75], [120, 1.658, 1.98, 2.617],
  ])('%i degrees: %d at 90 %%, %d at 95 %%, %d at 99 %%', (degrees, at90, at95, at99) => {
    expect(studentReach(0.9, degrees)).toBeCloseTo(at90, 3);
    expect(studentReach(0.95, degrees)).toBeCloseTo(at95, 3);
    expect(studentReach(0.99, degrees)).toBeCloseTo(at99, 3);
  });

  it('has closed forms at 1 and 2 degrees', () => {
    fc.assert(fc.property(fc.double({ min: 0.01, max: 0.999, noNaN: true }), (confidence) => {
      const cauchy = Math.tan((Math.PI / 2) * confidence);
      expect(Math.abs(studentReach(confidence, 1) / cauchy - 1)).toBeLessThan(1e-9);
      const two = confidence * Math.sqrt(2 / (1 - confidence * confidence));
      expect(Math.abs(studentReach(confidence, 2) / two - 1)).toBeLessThan(1e-9);
    }));
  });

  it('grows with the confidence, falls with the degrees, and ends at the normal distribution', () => {
    fc.assert(fc.property(fc.double({ min: 0.05, max: 0.99, noNaN: true }), fc.integer({ min: 1, max: 300 }), (confidence, degrees) => {
      const reach = studentReach(confidence, degrees);
      expect(studentReach(confidence + 0.005, degrees)).toBeGreaterThan(reach);
      expect(studentReach(confidence, degrees + 1)).toBeLessThan(reach);
      expect(reach).toBeGreaterThan(normalQuantile((1 + confidence) / 2));
    }));
    expect(studentReach(0.95, 100_000)).toBeCloseTo(normalQuantile(0.975), 4);
  });

  it('takes any number of degrees, without end and without a step where the sums end', () => {
    fc.assert(fc.property(fc.double({ min: 0.5, max: 0.999, noNaN: true }), (confidence) => {
      const normal = normalQuantile((1 + confidence) / 2);
      expect(studentReach(confidence, Infinity)).toBeCloseTo(normal, 12);
      expect(studentReach(confidence, 1e300)).toBeCloseTo(normal, 12);
      const [below, at, above] = [999, 1000, 1001].map((degrees) => studentReach(confidence, degrees)) as [number, number, number];
      expect(Math.abs((below - at) / (at - above) - 1)).toBeLessThan(0.01);
    }));
  });

  it('drops fractions of a degree and never goes below one', () => {
    expect(studentReach(0.95, 4.9)).toBe(studentReach(0.95, 4));
    expect(studentReach(0.95, 0.2)).toBe(studentReach(0.95, 1));
  });

  it('makes intervals of a mean that cover as often as they say', () => {
    const rng = createRng(1, 'coverage');
    const reach = studentReach(0.9, 4);
    let held = 0;
    for (let turn = 0; turn < 4000; turn++) {
      const sample = Array.from({ length: 5 }, () => gaussian(rng));
      if (Math.abs(mean(sample)) <= reach * Math.sqrt(variance(sample) / 5)) held++;
    }
    expect(Math.abs(held / 4000 - 0.9)).toBeLessThan(0.02);
  });
});
