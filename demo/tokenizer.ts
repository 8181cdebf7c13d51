import { readModelJson } from './model-files.ts';

interface TokenizerFile {
  specials: string[];
  byte_offset: number;
  word_offset: number;
  vocab_size: number;
  pre_tokenizer: string;
  words: string[];
}

const utf8 = new TextEncoder();

/**
 * Words and bytes, no merges: the text is cut by the pre-tokenizer expression; a piece in the word list is one token,
 * any other piece is spelled as its UTF-8 bytes. Lone surrogates become U+FFFD, as UTF-8 cannot spell them.
 */
export class Tokenizer {
  readonly vocab: number;
  readonly #file: TokenizerFile;
  readonly #pieces: RegExp;
  readonly #special: RegExp;
  readonly #wordIds: Map<string, number>;
  readonly #specialIds: Map<string, number>;
  readonly #bytes: readonly Uint8Array[];

  constructor(folder: string) {
    const file = readModelJson(folder, 'tokenizer.json') as TokenizerFile;
    this.#file = file;
    this.vocab = file.vocab_size;
    this.#pieces = new RegExp(file.pre_tokenizer, 'gu');
    this.#special = new RegExp(`(${file.specials.map((name) => name.replaceAll('|', '\\|')).join('|')})`, 'u');
    this.#wordIds = new Map(file.words.map((word, i) => [word, file.word_offset + i]));
    this.#specialIds = new Map(file.specials.map((name, i) => [name, i]));
    this.#bytes = Array.from({ length: file.vocab_size }, (_, id) => this.#spell(id));
  }

  #spell(id: number): Uint8Array {
    const { specials, byte_offset: byteOffset, word_offset: wordOffset, words } = this.#file;
    if (id >= wordOffset) return utf8.encode(words[id - wordOffset] ?? '');
    if (id >= byteOffset) return Uint8Array.of(id - byteOffset);
    return utf8.encode(specials[id] ?? '');
  }

  /** Ids of plain text: the name of a special token in it is text like any other. */
  encode(text: string): number[] {
    const ids: number[] = [];
    for (const [piece] of text.matchAll(this.#pieces)) {
      const id = this.#wordIds.get(piece);
      if (id !== undefined) ids.push(id);
      else for (const byte of utf8.encode(piece)) ids.push(this.#file.byte_offset + byte);
    }
    return ids;
  }

  /** Ids of a raw prompt, in which names of special tokens stand for the tokens. Nothing is put in front. */
  encodePrompt(prompt: string): number[] {
    return prompt.split(this.#special).flatMap((part) => {
      const id = this.#specialIds.get(part);
      return id === undefined ? this.encode(part) : [id];
    });
  }

  /** @throws Error for a name that is no special token */
  specialId(name: string): number {
    const id = this.#specialIds.get(name);
    if (id === undefined) throw new Error(`${name} is not a special token`);
    return id;
  }

  /** The UTF-8 bytes of one token; special tokens are spelled as their names. */
  bytesOf(id: number): Uint8Array {
    const bytes = this.#bytes[id];
    if (bytes === undefined) throw new RangeError(`Token id ${id} is outside the vocabulary`);
    return bytes;
  }

  /** One token for display. A byte that is no character by itself is written as `bytes:\xNN`, as OpenAI does. */
  textOf(id: number): string {
    const bytes = this.bytesOf(id);
    const only = bytes.length === 1 ? bytes[0] : undefined;
    if (only !== undefined && only >= 0x80) return `bytes:\\x${only.toString(16)}`;
    return decodeUtf8(bytes);
  }

  /** Text of a token sequence; bytes that are not UTF-8 become U+FFFD. */
  decode(ids: Iterable<number>): string {
    return decodeUtf8(this.#join(ids));
  }

  #join(ids: Iterable<number>): Uint8Array {
    const parts = Array.from(ids, (id) => this.bytesOf(id));
    return Buffer.concat(parts);
  }

  /**
   * Where each token starts in the decoded text, in Unicode code points. A token that starts inside a character gets
   * the character's own position.
   */
  offsets(ids: Iterable<number>): number[] {
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    let done = 0;
    return Array.from(ids, (id) => {
      const start = done;
      for (const _ of decoder.decode(this.bytesOf(id), { stream: true })) done++;
      return start;
    });
  }
}

function decodeUtf8(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}
