/*
 * The fake's tokenizer: a token is a special mark, or a run of characters with the whitespace before it (" Paris").
 * With `spelling: 'bytes'` a run that is not ASCII is spelled out, one token per byte.
 */

export interface Token {
  id: number;
  bytes: Buffer;
  special: boolean;
}

export type Spelling = 'words' | 'bytes';
export type Pieces = 'byte-level' | 'sentencepiece' | 'none';

const PIECE = /<\|[a-z_]+\|>|\s*(?:(?!<\|[a-z_]+\|>)\S)+|\s+/gu;
const BEGIN = '<|begin|>';
export const END = '<|end|>';

function byteLevel(byte: number): string {
  const printable = (code: number) => (code >= 0x21 && code <= 0x7e) || (code >= 0xa1 && code <= 0xac) || code >= 0xae;
  if (printable(byte)) return String.fromCharCode(byte);
  let rank = 0;
  for (let code = 0; code < byte; code += 1) if (!printable(code)) rank += 1;
  return String.fromCharCode(0x100 + rank);
}

export class Tokenizer {
  readonly #spelling: Spelling;
  readonly #byKey = new Map<string, Token>();
  readonly #byId: Token[] = [];

  constructor(spelling: Spelling) {
    this.#spelling = spelling;
    this.#intern(Buffer.from(BEGIN), true);
  }

  #intern(bytes: Buffer, special: boolean): Token {
    const key = bytes.toString('latin1');
    const known = this.#byKey.get(key);
    if (known) return known;
    const token = { id: this.#byId.length, bytes, special };
    this.#byKey.set(key, token);
    this.#byId.push(token);
    return token;
  }

  encode(text: string, begin: boolean): Token[] {
    const tokens = [...text.matchAll(PIECE)].flatMap(([piece]) => {
      const bytes = Buffer.from(piece);
      if (/^<\|[a-z_]+\|>$/.test(piece)) return [this.#intern(bytes, true)];
      const spelled = this.#spelling === 'bytes' && bytes.some((byte) => byte > 127);
      return spelled ? [...bytes].map((byte) => this.#intern(Buffer.from([byte]), false)) : [this.#intern(bytes, false)];
    });
    return begin ? [this.#intern(Buffer.from(BEGIN), true), ...tokens] : tokens;
  }

  /** undefined for an id that no text has used yet. */
  byId(id: number): Token | undefined {
    return this.#byId[id];
  }
}

/** Text of tokens, marks left out unless asked for. */
export function decode(tokens: readonly Token[], marks = false): string {
  return Buffer.concat(tokens.filter((token) => marks || !token.special).map((token) => token.bytes)).toString('utf8');
}

/** As a reply shows a token: U+FFFD where it is a part of a character. */
export function shown(token: Token): string {
  return token.bytes.toString('utf8');
}

/** As the vocabulary writes it, for /tokenize. */
export function written(token: Token, pieces: Pieces): string {
  if (token.special) return shown(token);
  if (pieces === 'byte-level') return [...token.bytes].map(byteLevel).join('');
  const text = token.bytes.toString('utf8');
  return text.includes('\uFFFD')
    ? `<0x${(token.bytes[0] ?? 0).toString(16).toUpperCase().padStart(2, '0')}>`
    : text.replaceAll(' ', '\u2581');
}
