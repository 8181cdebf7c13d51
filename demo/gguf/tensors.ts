import { join } from 'node:path';
import type { ModelConfig } from '../model-files.ts';
import { openSafetensors } from '../weights.ts';
import type { Tensor } from './encode.ts';

/**
 * Rows of a query or key matrix in the order of llama.cpp's rotary embedding for the architecture `llama`. Hugging Face
 * rotates row i of a head with row i + half of it, llama.cpp neighbours: row i goes to 2i, row i + half to 2i + 1.
 * @param values row-major, [heads · headWidth × width]
 */
export function interleaveHalves(values: Float32Array, { heads, headWidth, width }: ModelConfig): Float32Array {
  const half = headWidth / 2;
  const out = new Float32Array(values.length);
  for (let row = 0; row < heads * headWidth; row += 1) {
    const inHead = row % headWidth;
    const to = row - inHead + (inHead < half ? 2 * inHead : 2 * (inHead - half) + 1);
    out.set(values.subarray(row * width, (row + 1) * width), to * width);
  }
  return out;
}

/** The model's tensors by llama.cpp's names. Output weights are left out: they are the embedding's. */
export function tensorsOf(folder: string, config: ModelConfig): Tensor[] {
  const { width, inner, vocab, layers } = config;
  const read = openSafetensors(join(folder, 'model.safetensors'));
  const vector = (name: string, from: string): Tensor => ({ name, shape: [width], values: read(from, width) });
  const matrix = (name: string, from: string, inputs: number, outputs: number): Tensor => ({
    name,
    shape: [inputs, outputs],
    values: read(from, inputs * outputs),
  });
  const rotated = (tensor: Tensor): Tensor => ({ ...tensor, values: interleaveHalves(tensor.values, config) });
  const layer = (index: number): Tensor[] => {
    const [to, from] = [`blk.${index}`, `model.layers.${index}`];
    return [
      vector(`${to}.attn_norm.weight`, `${from}.input_layernorm.weight`),
      rotated(matrix(`${to}.attn_q.weight`, `${from}.self_attn.q_proj.weight`, width, width)),
      rotated(matrix(`${to}.attn_k.weight`, `${from}.self_attn.k_proj.weight`, width, width)),
      matrix(`${to}.attn_v.weight`, `${from}.self_attn.v_proj.weight`, width, width),
      matrix(`${to}.attn_output.weight`, `${from}.self_attn.o_proj.weight`, width, width),
      vector(`${to}.ffn_norm.weight`, `${from}.post_attention_layernorm.weight`),
      matrix(`${to}.ffn_gate.weight`, `${from}.mlp.gate_proj.weight`, width, inner),
      matrix(`${to}.ffn_up.weight`, `${from}.mlp.up_proj.weight`, width, inner),
      matrix(`${to}.ffn_down.weight`, `${from}.mlp.down_proj.weight`, inner, width),
    ];
  };
  return [
    matrix('token_embd.weight', 'model.embed_tokens.weight', width, vocab),
    vector('output_norm.weight', 'model.norm.weight'),
    ...Array.from({ length: layers }, (_, index) => layer(index)).flat(),
  ];
}
