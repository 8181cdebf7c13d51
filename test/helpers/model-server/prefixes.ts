import type { Token } from './tokens.ts';

/** A server's prefix cache: everything that was read, so that what begins alike is not read again. */
export class Prefixes {
  readonly #seen: (readonly number[])[] = [];
  readonly #block: number;

  /** @param block tokens that are remembered as one; what does not fill it is not */
  constructor(block: number) {
    this.#block = block;
  }

  /** How many tokens of the beginning are known, at most `limit`. */
  known(tokens: readonly Token[], limit: number): number {
    const shared = this.#seen.map((ids) => {
      const differ = tokens.findIndex((token, index) => token.id !== ids[index]);
      return differ < 0 ? tokens.length : differ;
    });
    return Math.floor(Math.min(limit, Math.max(0, ...shared)) / this.#block) * this.#block;
  }

  remember(tokens: readonly Token[]): void {
    this.#seen.push(tokens.map(({ id }) => id));
  }
}
