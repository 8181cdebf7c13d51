/** Where the heads lie: `heads` runs of `headWidth` floats make a row of `width`; queries lie in rows of `stride`. */
export interface HeadShape {
  heads: number;
  headWidth: number;
  width: number;
  stride: number;
}

/**
 * Rotary positions in the "rotate half" convention: the pair (i, i + headWidth/2) of every head turns by
 * position · θ^(−2i/headWidth). Su et al. 2021, section 3.2.2, with Hugging Face's order of the pairs.
 */
export class Rotary {
  readonly #half: number;
  readonly #cos: Float64Array;
  readonly #sin: Float64Array;

  constructor(headWidth: number, theta: number, positions: number) {
    this.#half = headWidth / 2;
    this.#cos = new Float64Array(positions * this.#half);
    this.#sin = new Float64Array(positions * this.#half);
    for (let position = 0; position < positions; position++) {
      for (let i = 0; i < this.#half; i++) {
        const angle = position * theta ** ((-2 * i) / headWidth);
        this.#cos[position * this.#half + i] = Math.cos(angle);
        this.#sin[position * this.#half + i] = Math.sin(angle);
      }
    }
  }

  /** Turns `heads` heads that start at `from`, in place. */
  turn(x: Float32Array, from: number, heads: number, position: number): void {
    const half = this.#half;
    const table = position * half;
    for (let h = 0; h < heads; h++) {
      for (let i = 0; i < half; i++) {
        const low = from + h * 2 * half + i;
        const high = low + half;
        const a = x[low]!;
        const b = x[high]!;
        const c = this.#cos[table + i]!;
        const s = this.#sin[table + i]!;
        x[low] = a * c - b * s;
        x[high] = b * c + a * s;
      }
    }
  }
}

/**
 * Causal attention of one query over the keys and values of positions 0 … position, all heads.
 * out[head] = Σ_t softmax_t(q·k_t / √headWidth) · v_t. Vaswani et al. 2017, equation 1.
 * @param scores scratch of at least position + 1 numbers
 */
export function attend(
  shape: HeadShape, q: Float32Array, keys: Float32Array, values: Float32Array,
  position: number, token: number, scores: Float64Array, out: Float32Array,
): void {
  const { headWidth, width } = shape;
  const scale = 1 / Math.sqrt(headWidth);
  for (let h = 0; h < shape.heads; h++) {
    const from = token * shape.stride + h * headWidth;
    const lane = h * headWidth;
    dots(q, from, keys, lane, width, headWidth, position + 1, scale, scores);
    const total = exponentials(scores, position + 1);
    for (let i = 0; i < headWidth; i += 8) {
      mix(values, lane + i, width, position + 1, scores, 1 / total, out, token * width + lane + i);
    }
  }
}

function dots(
  q: Float32Array, from: number, keys: Float32Array, lane: number, width: number, length: number,
  count: number, scale: number, scores: Float64Array,
): void {
  const whole = count - (count % 4);
  for (let t = 0; t < whole; t += 4) {
    const k0 = t * width + lane, k1 = k0 + width, k2 = k1 + width, k3 = k2 + width;
    let a = 0, b = 0, c = 0, d = 0;
    for (let i = 0; i < length; i++) {
      const e = q[from + i]!;
      a += e * keys[k0 + i]!; b += e * keys[k1 + i]!; c += e * keys[k2 + i]!; d += e * keys[k3 + i]!;
    }
    scores[t] = a * scale; scores[t + 1] = b * scale; scores[t + 2] = c * scale; scores[t + 3] = d * scale;
  }
  for (let t = whole; t < count; t++) {
    let a = 0;
    for (let i = 0, k = t * width + lane; i < length; i++) a += q[from + i]! * keys[k + i]!;
    scores[t] = a * scale;
  }
}

/** Replaces scores by e^(score − max) and gives their sum. */
function exponentials(scores: Float64Array, count: number): number {
  let max = Number.NEGATIVE_INFINITY;
  for (let t = 0; t < count; t++) if (scores[t]! > max) max = scores[t]!;
  let total = 0;
  for (let t = 0; t < count; t++) {
    const e = Math.exp(scores[t]! - max);
    scores[t] = e;
    total += e;
  }
  return total;
}

/** Eight neighbouring outputs at once: out[i] = norm · Σ_t scores[t] · values[t][i]. */
function mix(
  values: Float32Array, lane: number, width: number, count: number, scores: Float64Array, norm: number,
  out: Float32Array, to: number,
): void {
  let a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0;
  for (let t = 0, v = lane; t < count; t++, v += width) {
    const s = scores[t]!;
    a += s * values[v]!; b += s * values[v + 1]!; c += s * values[v + 2]!; d += s * values[v + 3]!;
    e += s * values[v + 4]!; f += s * values[v + 5]!; g += s * values[v + 6]!; h += s * values[v + 7]!;
  }
  out[to] = a * norm; out[to + 1] = b * norm; out[to + 2] = c * norm; out[to + 3] = d * norm;
  out[to + 4] = e * norm; out[to + 5] = f * norm; out[to + 6] = g * norm; out[to + 7] = h * norm;
}
