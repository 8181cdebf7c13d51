import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The shape of the network, from config.json. Widths are in floats. */
export interface ModelConfig {
  vocab: number;
  width: number;
  inner: number;
  layers: number;
  heads: number;
  headWidth: number;
  /** Longest sequence, prompt and answer together, in tokens. */
  context: number;
  normEpsilon: number;
  ropeTheta: number;
  beginId: number;
  endId: number;
}

/**
 * The folder with the model's files: `model/` next to this file, else the nearest `demo/model/` on the way up, so that
 * a build in dist/demo finds the repository's copy.
 * @throws Error when there is none
 */
export function findModelFolder(from: string = dirname(fileURLToPath(import.meta.url))): string {
  const candidates = [join(from, 'model')];
  for (let folder = from; ; folder = dirname(folder)) {
    candidates.push(join(folder, 'demo', 'model'));
    if (folder === dirname(folder)) break;
  }
  const found = candidates.find((folder) => existsSync(join(folder, 'model.safetensors')));
  if (found === undefined) throw new Error(`No folder with model.safetensors next to ${from} or in a demo/model above it`);
  return found;
}

/** Parsed JSON of one of the model's files. */
export function readModelJson(folder: string, file: string): unknown {
  return JSON.parse(readFileSync(join(folder, file), 'utf8')) as unknown;
}

/** First 12 hex digits of the SHA-256 of the weights: two servers with the same mark answer alike. */
export function fingerprint(folder: string): string {
  return createHash('sha256').update(readFileSync(join(folder, 'model.safetensors'))).digest('hex').slice(0, 12);
}

/**
 * Reads config.json (Hugging Face names).
 * @throws Error for a network that the forward pass here does not compute
 */
export function readConfig(folder: string): ModelConfig {
  const raw = readModelJson(folder, 'config.json') as Record<string, unknown>;
  const number = (key: string): number => {
    const value = raw[key];
    if (typeof value !== 'number') throw new Error(`config.json: ${key} is not a number`);
    return value;
  };
  const config: ModelConfig = {
    vocab: number('vocab_size'),
    width: number('hidden_size'),
    inner: number('intermediate_size'),
    layers: number('num_hidden_layers'),
    heads: number('num_attention_heads'),
    headWidth: number('head_dim'),
    context: number('max_position_embeddings'),
    normEpsilon: number('rms_norm_eps'),
    ropeTheta: number('rope_theta'),
    beginId: number('bos_token_id'),
    endId: number('eos_token_id'),
  };
  const plain =
    raw.hidden_act === 'silu' &&
    raw.tie_word_embeddings === true &&
    raw.attention_bias === false &&
    raw.mlp_bias === false &&
    raw.rope_scaling === null &&
    raw.num_key_value_heads === config.heads &&
    config.heads * config.headWidth === config.width;
  if (!plain) throw new Error('config.json asks for a variant of LLaMA that is not implemented here');
  if (config.width % 8 !== 0 || config.inner % 4 !== 0 || config.headWidth % 8 !== 0) {
    throw new Error('config.json: widths must be multiples of the kernels’ blocks');
  }
  return config;
}
