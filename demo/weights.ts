import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ModelConfig } from './model-files.ts';

interface TensorEntry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

/** One decoder layer. Matrices are row-major, [outputs × inputs]. */
export interface LayerWeights {
  attentionNorm: Float32Array;
  /** Query, key and value rows stacked: [3·width × width]. */
  queryKeyValue: Float32Array;
  attentionOut: Float32Array;
  mlpNorm: Float32Array;
  /** Gate and up rows stacked: [2·inner × width]. */
  gateUp: Float32Array;
  down: Float32Array;
}

export interface Weights {
  /** Token embeddings, also the output matrix; zero rows pad `vocab` to a multiple of four. */
  embedding: Float32Array;
  layers: LayerWeights[];
  finalNorm: Float32Array;
}

const bits = new Uint32Array(1);
const float = new Float32Array(bits.buffer);

/** IEEE 754 binary16 to a number; exact, infinities and NaN included. */
export function halfToFloat(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  bits[0] = ((half & 0x8000) << 16) | ((exponent + 112) << 23) | (fraction << 13);
  return float[0]!;
}

/**
 * Reads tensors of a safetensors file: 8 bytes of header length (little endian), a JSON header, then the data.
 * @returns a reader: name and expected number of values → values as float32
 */
export function openSafetensors(path: string): (name: string, size: number) => Float32Array {
  const raw = readFileSync(path);
  const headerLength = Number(raw.readBigUInt64LE(0));
  const header = JSON.parse(raw.toString('utf8', 8, 8 + headerLength)) as Record<string, TensorEntry>;
  return (name, size) => {
    const entry = header[name];
    if (entry === undefined) throw new Error(`${path}: no tensor ${name}`);
    if (entry.dtype !== 'F16') throw new Error(`${path}: ${name} is ${entry.dtype}, not F16`);
    const [start, end] = entry.data_offsets;
    const values = entry.shape.reduce((product, extent) => product * extent, 1);
    if (values !== size || end - start !== 2 * size) throw new Error(`${path}: ${name} does not hold ${size} values`);
    const out = new Float32Array(size);
    for (let i = 0, at = 8 + headerLength + start; i < size; i++, at += 2) out[i] = halfToFloat(raw.readUInt16LE(at));
    return out;
  };
}

function stack(...parts: Float32Array[]): Float32Array {
  const out = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** All weights of the model in `folder`, arranged for the kernels. */
export function loadWeights(folder: string, config: ModelConfig): Weights {
  const read = openSafetensors(join(folder, 'model.safetensors'));
  const { width, inner, vocab } = config;
  const embedding = new Float32Array(Math.ceil(vocab / 4) * 4 * width);
  embedding.set(read('model.embed_tokens.weight', vocab * width));
  const layers = Array.from({ length: config.layers }, (_, i): LayerWeights => {
    const tensor = (name: string, size: number): Float32Array => read(`model.layers.${i}.${name}.weight`, size);
    const square = (name: string): Float32Array => tensor(`self_attn.${name}_proj`, width * width);
    return {
      attentionNorm: tensor('input_layernorm', width),
      queryKeyValue: stack(square('q'), square('k'), square('v')),
      attentionOut: square('o'),
      mlpNorm: tensor('post_attention_layernorm', width),
      gateUp: stack(tensor('mlp.gate_proj', inner * width), tensor('mlp.up_proj', inner * width)),
      down: tensor('mlp.down_proj', width * inner),
    };
  });
  return { embedding, layers, finalNorm: read('model.norm.weight', width) };
}
