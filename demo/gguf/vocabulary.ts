import { readModelJson } from '../model-files.ts';
import type { Value } from './encode.ts';

interface TokenizerFile {
  specials: string[];
  byte_offset: number;
  word_offset: number;
  vocab_size: number;
  words: string[];
}

/** What llama.cpp calls a token's type. */
const NORMAL = 1;
const CONTROL = 3;

/**
 * GPT-2's alphabet of bytes: printable Latin-1 stands for itself, every other byte, in order, for U+0100 and on.
 */
const ALPHABET = byteAlphabet();

function byteAlphabet(): readonly string[] {
  let unprintable = 0;
  return Array.from({ length: 256 }, (_, byte) => {
    const printable = (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
    return String.fromCharCode(printable ? byte : 0x100 + unprintable++);
  });
}

function spelled(text: string): string {
  return Array.from(Buffer.from(text, 'utf8'), (byte) => ALPHABET[byte]).join('');
}

/**
 * The tokenizer as metadata. llama.cpp's `llama-bpe` cuts by the same expression as ours and takes a piece that is in
 * the vocabulary whole; any other piece it spells in bytes, since no merge ever applies: the one that is there, because
 * the loader wants one, joins names of special tokens.
 * @throws Error when two tokens are spelled alike, which the format cannot tell apart
 */
export function vocabularyOf(folder: string): Record<string, Value> {
  const file = readModelJson(folder, 'tokenizer.json') as TokenizerFile;
  const tokens = [...file.specials, ...ALPHABET, ...file.words.map(spelled)];
  const ordered = file.byte_offset === file.specials.length && file.word_offset === file.byte_offset + ALPHABET.length;
  if (!ordered || tokens.length !== file.vocab_size) throw new Error('tokenizer.json: ids are not special tokens, bytes and words in a row');
  if (new Set(tokens).size !== tokens.length) throw new Error('tokenizer.json: two tokens are spelled alike');
  const idOf = (name: string): number => file.specials.indexOf(name);
  return {
    'tokenizer.ggml.model': { type: 'string', value: 'gpt2' },
    'tokenizer.ggml.pre': { type: 'string', value: 'llama-bpe' },
    'tokenizer.ggml.tokens': { type: 'strings', value: tokens },
    'tokenizer.ggml.token_type': { type: 'int32s', value: tokens.map((_, id) => (id < file.byte_offset ? CONTROL : NORMAL)) },
    'tokenizer.ggml.merges': { type: 'strings', value: [file.specials.slice(0, 2).join(' ')] },
    'tokenizer.ggml.padding_token_id': { type: 'uint32', value: idOf('<|pad|>') },
    'tokenizer.ggml.add_bos_token': { type: 'bool', value: true },
    'tokenizer.ggml.add_eos_token': { type: 'bool', value: false },
  };
}
