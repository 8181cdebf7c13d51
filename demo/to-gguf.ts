import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { encodeGguf, type Value } from './gguf/encode.ts';
import { CHAT_TEMPLATE } from './gguf/template.ts';
import { tensorsOf } from './gguf/tensors.ts';
import { vocabularyOf } from './gguf/vocabulary.ts';
import { findModelFolder, readConfig } from './model-files.ts';

/*
 * Writes the embedded model as a GGUF file, for llama.cpp:
 *
 *   npx node demo/to-gguf.ts --out tiny-reader.gguf
 */

const ARCHITECTURE = 'llama';
/** llama.cpp's word for a file of float32. */
const ALL_F32 = 0;

/** The model in `folder` as the bytes of a GGUF file: float32, architecture `llama`. */
export function toGguf(folder: string = findModelFolder()): Uint8Array {
  const config = readConfig(folder);
  const uint32 = (value: number): Value => ({ type: 'uint32', value });
  const string = (value: string): Value => ({ type: 'string', value });
  const metadata: Record<string, Value> = {
    'general.architecture': string(ARCHITECTURE),
    'general.name': string('tiny-reader'),
    'general.license': string('apache-2.0'),
    'general.file_type': uint32(ALL_F32),
    [`${ARCHITECTURE}.vocab_size`]: uint32(config.vocab),
    [`${ARCHITECTURE}.context_length`]: uint32(config.context),
    [`${ARCHITECTURE}.embedding_length`]: uint32(config.width),
    [`${ARCHITECTURE}.feed_forward_length`]: uint32(config.inner),
    [`${ARCHITECTURE}.block_count`]: uint32(config.layers),
    [`${ARCHITECTURE}.attention.head_count`]: uint32(config.heads),
    [`${ARCHITECTURE}.attention.head_count_kv`]: uint32(config.heads),
    [`${ARCHITECTURE}.attention.layer_norm_rms_epsilon`]: { type: 'float32', value: config.normEpsilon },
    [`${ARCHITECTURE}.rope.dimension_count`]: uint32(config.headWidth),
    [`${ARCHITECTURE}.rope.freq_base`]: { type: 'float32', value: config.ropeTheta },
    ...vocabularyOf(folder),
    'tokenizer.ggml.bos_token_id': uint32(config.beginId),
    'tokenizer.ggml.eos_token_id': uint32(config.endId),
    'tokenizer.chat_template': string(CHAT_TEMPLATE),
  };
  return encodeGguf(metadata, tensorsOf(folder, config));
}

if (import.meta.main) {
  const { out } = parseArgs({ options: { out: { type: 'string', default: 'tiny-reader.gguf' } } }).values;
  const bytes = toGguf();
  mkdirSync(dirname(out), { recursive: true });
  writeFileSync(out, bytes);
  process.stdout.write(`${out}: ${bytes.length} bytes\n`);
}
