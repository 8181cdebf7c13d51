import { attend, Rotary } from './attention.ts';
import type { HeadShape } from './attention.ts';
import { add, multiply, rmsNorm, swiGlu } from './kernels.ts';
import { readConfig } from './model-files.ts';
import type { ModelConfig } from './model-files.ts';
import type { Sequence } from './sequence.ts';
import { loadWeights } from './weights.ts';
import type { LayerWeights, Weights } from './weights.ts';

/** Tokens computed together: enough to read each weight rarely, few enough for the scratch to stay in the cache. */
const BATCH = 128;

/** A LLaMA-style decoder (pre-norm, rotary positions, SwiGLU, tied embeddings) with a key-value memory. */
export class Transformer {
  readonly config: ModelConfig;
  /** Floats in a row of logits: the vocabulary, padded to a multiple of four. */
  readonly logitStride: number;
  readonly #weights: Weights;
  readonly #rotary: Rotary;
  readonly #shape: HeadShape;
  readonly #scratch: Record<'x' | 'norm' | 'qkv' | 'heads' | 'delta' | 'gateUp' | 'act', Float32Array>;
  readonly #scores: Float64Array;

  constructor(folder: string) {
    const config = readConfig(folder);
    const { width, inner, heads, headWidth } = config;
    this.config = config;
    this.#weights = loadWeights(folder, config);
    this.logitStride = this.#weights.embedding.length / width;
    this.#rotary = new Rotary(headWidth, config.ropeTheta, config.context);
    this.#shape = { heads, headWidth, width, stride: 3 * width };
    const rows = (floats: number): Float32Array => new Float32Array(BATCH * floats);
    this.#scratch = {
      x: rows(width), norm: rows(width), qkv: rows(3 * width), heads: rows(width), delta: rows(width),
      gateUp: rows(2 * inner), act: rows(inner),
    };
    this.#scores = new Float64Array(config.context);
  }

  /**
   * Appends tokens to a sequence: keys, values and hidden states of the new positions are computed and stored.
   * @throws RangeError when the context is full
   */
  append(sequence: Sequence, ids: ArrayLike<number>): void {
    if (sequence.length + ids.length > this.config.context) throw new RangeError('The context is full');
    for (let from = 0; from < ids.length; from += BATCH) {
      this.#appendBatch(sequence, ids, from, Math.min(ids.length - from, BATCH));
    }
  }

  #appendBatch(sequence: Sequence, ids: ArrayLike<number>, from: number, tokens: number): void {
    const { width, normEpsilon } = this.config;
    const { x } = this.#scratch;
    const start = sequence.length;
    for (let t = 0; t < tokens; t++) {
      const id = ids[from + t]!;
      x.set(this.#weights.embedding.subarray(id * width, (id + 1) * width), t * width);
      sequence.ids[start + t] = id;
      sequence.nextRank[start + t] = 0;
    }
    for (const [index, layer] of this.#weights.layers.entries()) {
      this.#attention(layer, sequence.keys[index]!, sequence.values[index]!, start, tokens);
      this.#mlp(layer, tokens);
    }
    rmsNorm(x, this.#weights.finalNorm, sequence.hidden, start * width, tokens, normEpsilon);
    sequence.length = start + tokens;
  }

  #attention(layer: LayerWeights, keys: Float32Array, values: Float32Array, start: number, tokens: number): void {
    const { width, heads, normEpsilon } = this.config;
    const { x, norm, qkv, heads: mixed, delta } = this.#scratch;
    rmsNorm(x, layer.attentionNorm, norm, 0, tokens, normEpsilon);
    multiply(layer.queryKeyValue, norm, qkv, 3 * width, width, tokens);
    for (let t = 0; t < tokens; t++) {
      const query = 3 * t * width;
      this.#rotary.turn(qkv, query, 2 * heads, start + t);
      keys.set(qkv.subarray(query + width, query + 2 * width), (start + t) * width);
      values.set(qkv.subarray(query + 2 * width, query + 3 * width), (start + t) * width);
    }
    for (let t = 0; t < tokens; t++) attend(this.#shape, qkv, keys, values, start + t, t, this.#scores, mixed);
    multiply(layer.attentionOut, mixed, delta, width, width, tokens);
    add(x, delta, tokens * width);
  }

  #mlp(layer: LayerWeights, tokens: number): void {
    const { width, inner, normEpsilon } = this.config;
    const { x, norm, gateUp, act, delta } = this.#scratch;
    rmsNorm(x, layer.mlpNorm, norm, 0, tokens, normEpsilon);
    multiply(layer.gateUp, norm, gateUp, 2 * inner, width, tokens);
    swiGlu(gateUp, act, inner, tokens);
    multiply(layer.down, act, delta, width, inner, tokens);
    add(x, delta, tokens * width);
  }

  /** Logits of the token after each of `rows` hidden states; `out` has rows of `logitStride` floats. */
  logits(hidden: Float32Array, rows: number, out: Float32Array): void {
    multiply(this.#weights.embedding, hidden, out, this.logitStride, this.config.width, rows);
  }
}
