/*
 * Arithmetic on float32 arrays. Every output is one sum in float64, taken in index order and rounded once, however many
 * tokens are computed together: a token's numbers do not depend on its batch, on a tail or on the prefix cache.
 */

/**
 * y[t][r] = Σ_c x[t][c] · w[r][c] for `tokens` rows of x. Blocks of 4 tokens × 4 rows keep 16 sums in registers and use
 * each loaded value four times.
 * @param rows a multiple of 4
 */
export function multiply(w: Float32Array, x: Float32Array, y: Float32Array, rows: number, cols: number, tokens: number): void {
  const whole = tokens - (tokens % 4);
  for (let r = 0; r < rows; r += 4) {
    for (let t = 0; t < whole; t += 4) block(w, x, y, rows, cols, r, t);
    for (let t = whole; t < tokens; t++) column(w, x, y, rows, cols, r, t);
  }
}

function block(
  w: Float32Array, x: Float32Array, y: Float32Array, rows: number, cols: number, r: number, t: number,
): void {
  const w0 = r * cols, w1 = w0 + cols, w2 = w1 + cols, w3 = w2 + cols;
  const x0 = t * cols, x1 = x0 + cols, x2 = x1 + cols, x3 = x2 + cols;
  let a0 = 0, a1 = 0, a2 = 0, a3 = 0;
  let b0 = 0, b1 = 0, b2 = 0, b3 = 0;
  let c0 = 0, c1 = 0, c2 = 0, c3 = 0;
  let d0 = 0, d1 = 0, d2 = 0, d3 = 0;
  for (let c = 0; c < cols; c++) {
    const p = w[w0 + c]!, q = w[w1 + c]!, s = w[w2 + c]!, u = w[w3 + c]!;
    const e = x[x0 + c]!;
    a0 += e * p; a1 += e * q; a2 += e * s; a3 += e * u;
    const f = x[x1 + c]!;
    b0 += f * p; b1 += f * q; b2 += f * s; b3 += f * u;
    const g = x[x2 + c]!;
    c0 += g * p; c1 += g * q; c2 += g * s; c3 += g * u;
    const h = x[x3 + c]!;
    d0 += h * p; d1 += h * q; d2 += h * s; d3 += h * u;
  }
  const y0 = t * rows + r, y1 = y0 + rows, y2 = y1 + rows, y3 = y2 + rows;
  y[y0] = a0; y[y0 + 1] = a1; y[y0 + 2] = a2; y[y0 + 3] = a3;
  y[y1] = b0; y[y1 + 1] = b1; y[y1 + 2] = b2; y[y1 + 3] = b3;
  y[y2] = c0; y[y2 + 1] = c1; y[y2 + 2] = c2; y[y2 + 3] = c3;
  y[y3] = d0; y[y3 + 1] = d1; y[y3 + 2] = d2; y[y3 + 3] = d3;
}

function column(
  w: Float32Array, x: Float32Array, y: Float32Array, rows: number, cols: number, r: number, t: number,
): void {
  const w0 = r * cols, w1 = w0 + cols, w2 = w1 + cols, w3 = w2 + cols;
  const x0 = t * cols;
  let a0 = 0, a1 = 0, a2 = 0, a3 = 0;
  for (let c = 0; c < cols; c++) {
    const e = x[x0 + c]!;
    a0 += e * w[w0 + c]!; a1 += e * w[w1 + c]!; a2 += e * w[w2 + c]!; a3 += e * w[w3 + c]!;
  }
  const y0 = t * rows + r;
  y[y0] = a0; y[y0 + 1] = a1; y[y0 + 2] = a2; y[y0 + 3] = a3;
}

/** RMSNorm of `tokens` rows: y = x · weight / √(mean(x²) + ε). Zhang and Sennrich 2019, equation 4. */
export function rmsNorm(
  x: Float32Array, weight: Float32Array, y: Float32Array, yStart: number, tokens: number, epsilon: number,
): void {
  const width = weight.length;
  for (let t = 0; t < tokens; t++) {
    const from = t * width;
    const to = yStart + from;
    let squares = 0;
    for (let i = 0; i < width; i++) squares += x[from + i]! * x[from + i]!;
    const scale = 1 / Math.sqrt(squares / width + epsilon);
    for (let i = 0; i < width; i++) y[to + i] = x[from + i]! * scale * weight[i]!;
  }
}

/** SwiGLU: y = silu(gate) · up, where each row of `gateUp` is the gate followed by up. Shazeer 2020, equation 6. */
export function swiGlu(gateUp: Float32Array, y: Float32Array, inner: number, tokens: number): void {
  for (let t = 0; t < tokens; t++) {
    const gate = 2 * t * inner;
    const up = gate + inner;
    const to = t * inner;
    for (let i = 0; i < inner; i++) {
      const g = gateUp[gate + i]!;
      y[to + i] = (g / (1 + Math.exp(-g))) * gateUp[up + i]!;
    }
  }
}

/** x += y over the first `count` values. */
export function add(x: Float32Array, y: Float32Array, count: number): void {
  for (let i = 0; i < count; i++) x[i] = x[i]! + y[i]!;
}
