import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalCdf, normalQuantile } from '../../../src/core/normal.ts';
import { studentReach } from '../../../src/core/student.ts';

describe('the normal distribution', () => {
  it('gives the tables\' numbers', () => {
    expect(normalCdf(0)).toBe(0.5);
    expect(normalCdf(1.959963984540054)).toBeCloseTo(0.975, 14);
    expect(normalCdf(-6.361340902404057)).toBeCloseTo(1e-10, 18);
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 12);
    expect(normalQuantile(0.995)).toBeCloseTo(2.5758293035489004, 12);
    expect(normalQuantile(0.5)).toBeCloseTo(0, 14);
  });

  it('is continuous where its two formulas meet, and mirrors', () => {
    expect(normalCdf(4.000001) - normalCdf(3.999999)).toBeCloseTo(2e-6 * 0.00013383, 14);
    fc.assert(fc.property(fc.double({ min: -7, max: 7, noNaN: true }), (x) => {
      expect(normalCdf(x) + normalCdf(-x)).toBeCloseTo(1, 12);
    }));
  });

  it('quantile and distribution undo one another', () => {
    fc.assert(fc.property(fc.double({ min: 1e-12, max: 0.5, noNaN: true }), (p) => {
      expect(normalCdf(normalQuantile(p)) / p).toBeCloseTo(1, 9);
      expect(normalQuantile(1 - p)).toBeCloseTo(-normalQuantile(p), 3);
    }));
  });

  it('ends at infinity and knows no chance outside [0, 1]', () => {
    expect(normalQuantile(0)).toBe(-Infinity);
    expect(normalQuantile(1)).toBe(Infinity);
    expect(normalQuantile(1.5)).toBeNaN();
  });
});

describe('Student\'s t', () => {
  it('gives the tables\' numbers', () => {
    const table: [number, number, number][] = [
      [0.95, 1, 12.706204736], [0.95, 2, 4.30265273], [0.95, 3, 3.182446305], [0.95, 10, 2.228138852],
      [0.95, 63, 1.998340543], [0.99, 5, 4.032142984], [0.5, 4, 0.740697084],
    ];
    for (const [confidence, degrees, reach] of table) expect(studentReach(confidence, degrees)).toBeCloseTo(reach, 7);
  });

  it('falls to the normal quantile as degrees grow, and grows with confidence', () => {
    expect(studentReach(0.95, 100_000)).toBeCloseTo(normalQuantile(0.975), 4);
    fc.assert(fc.property(fc.integer({ min: 1, max: 200 }), fc.double({ min: 0.01, max: 0.98, noNaN: true }), (degrees, confidence) => {
      expect(studentReach(confidence, degrees)).toBeGreaterThan(studentReach(confidence, degrees + 1));
      expect(studentReach(confidence + 0.01, degrees)).toBeGreaterThan(studentReach(confidence, degrees));
    }));
  });
});
