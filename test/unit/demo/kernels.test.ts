import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attend, Rotary } from '../../../demo/attention.ts';
import { add, multiply, rmsNorm, swiGlu } from '../../../demo/kernels.ts';

const floats = (length: number): fc.Arbitrary<Float32Array> =>
  fc.float32Array({ minLength: length, maxLength: length, min: -4, max: 4, noNaN: true });

describe('kernels', () => {
  it('multiply like the sum they are, for every number of tokens and bit for bit', () => {
    const few = fc.integer({ min: 1, max: 9 });
    const shapes = fc.record({ rows: fc.constantFrom(4, 8, 12), cols: few, tokens: few });
    const cases = shapes.chain((shape) => {
      return fc.tuple(fc.constant(shape), floats(shape.rows * shape.cols), floats(shape.tokens * shape.cols));
    });
    fc.assert(fc.property(cases, ([{ rows, cols, tokens }, w, x]) => {
      const y = new Float32Array(rows * tokens);
      multiply(w, x, y, rows, cols, tokens);
      const expected = Float32Array.from(y, (_, at) => {
        const r = at % rows;
        const t = Math.floor(at / rows);
        let sum = 0;
        for (let c = 0; c < cols; c++) sum += w[r * cols + c]! * x[t * cols + c]!;
        return sum;
      });
      expect(y).toEqual(expected);
    }));
  });

  it('normalise to a mean square of one', () => {
    const y = new Float32Array(12);
    rmsNorm(Float32Array.of(3, -4, 0, 5, 1, 1, 1, 1), new Float32Array(4).fill(1), y, 4, 2, 0);
    expect(Array.from(y.subarray(0, 4))).toEqual([0, 0, 0, 0]);
    const square = (from: number): number => y.subarray(from, from + 4).reduce((sum, v) => sum + v * v, 0) / 4;
    expect(square(4)).toBeCloseTo(1, 6);
    expect(square(8)).toBeCloseTo(1, 6);
  });

  it('gate and add', () => {
    const y = new Float32Array(2);
    swiGlu(Float32Array.of(0, 2, 7, 3), y, 2, 1);
    expect(y[0]).toBe(0);
    expect(y[1]).toBeCloseTo((2 / (1 + Math.exp(-2))) * 3, 6);
    add(y, Float32Array.of(1, 1), 1);
    expect(y[0]).toBe(1);
  });
});

describe('attention', () => {
  it('turns a query and a key by the same angle, so that only their distance counts', () => {
    const rotary = new Rotary(8, 10_000, 32);
    const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
    fc.assert(fc.property(floats(8), floats(8), fc.nat(15), fc.nat(15), fc.nat(16), (q, k, i, j, shift) => {
      const turned = (x: Float32Array, position: number): Float32Array => {
        const out = x.slice();
        rotary.turn(out, 0, 1, position);
        return out;
      };
      expect(dot(turned(q, i + shift), turned(k, j + shift))).toBeCloseTo(dot(turned(q, i), turned(k, j)), 3);
    }));
  });

  it('is the softmax-weighted mean of the values', () => {
    const width = 16;
    const shape = { heads: 2, headWidth: 8, width, stride: width };
    const cases = fc.integer({ min: 1, max: 11 }).chain((count) => {
      return fc.tuple(floats(width), floats(count * width), floats(count * width));
    });
    fc.assert(fc.property(cases, ([q, keys, values]) => {
      const count = keys.length / width;
      const out = new Float32Array(width);
      attend(shape, q, keys, values, count - 1, 0, new Float64Array(count), out);
      for (let i = 0; i < width; i++) {
        const head = i < 8 ? 0 : 8;
        const weights = Array.from({ length: count }, (_, t) => {
          let sum = 0;
          for (let c = head; c < head + 8; c++) sum += q[c]! * keys[t * width + c]!;
          return Math.exp(sum / Math.sqrt(8));
        });
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        const mean = weights.reduce((sum, weight, t) => sum + (weight / total) * values[t * width + i]!, 0);
        expect(out[i]).toBeCloseTo(mean, 4);
      }
    }));
  });
});
