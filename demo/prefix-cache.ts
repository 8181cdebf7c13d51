import type { ModelConfig } from './model-files.ts';
import { Sequence, sharedPrefix } from './sequence.ts';

/**
 * The most recently used sequences of one thread, up to a number of bytes. Sequences are few and short, so they are
 * compared one by one; a trie would save nothing that can be measured here.
 */
export class PrefixCache {
  /** Least recently used first. */
  #entries: Sequence[] = [];
  #tokens = 0;
  readonly #limitTokens: number;

  constructor(config: ModelConfig, limitBytes: number) {
    this.#limitTokens = Math.floor(limitBytes / Sequence.bytesPerToken(config));
  }

  /** Tokens remembered in all. */
  get tokens(): number {
    return this.#tokens;
  }

  /** Whether it can hold anything at all. */
  get enabled(): boolean {
    return this.#limitTokens > 0;
  }

  /** The entry that shares the longest prefix with `ids`, and how long that is. It counts as used. */
  longest(ids: Int32Array): { sequence: Sequence; length: number } | null {
    let best: { sequence: Sequence; length: number } | null = null;
    for (const sequence of this.#entries) {
      const length = sharedPrefix(sequence.ids, sequence.length, ids, ids.length);
      if (length > 0 && length >= (best?.length ?? 0)) best = { sequence, length };
    }
    if (best !== null) {
      const { sequence } = best;
      this.#entries = [...this.#entries.filter((entry) => entry !== sequence), sequence];
    }
    return best;
  }

  /** Remembers a copy of `sequence`; entries that are a prefix of it have nothing to add and go. */
  keep(sequence: Sequence): void {
    if (sequence.length > this.#limitTokens) return;
    this.#remove((entry) => sharedPrefix(entry.ids, entry.length, sequence.ids, sequence.length) === entry.length);
    let surplus = this.#tokens + sequence.length - this.#limitTokens;
    this.#remove((entry) => {
      if (surplus <= 0) return false;
      surplus -= entry.length;
      return true;
    });
    this.#entries.push(sequence.snapshot());
    this.#tokens += sequence.length;
  }

  #remove(condemned: (entry: Sequence) => boolean): void {
    this.#entries = this.#entries.filter((entry) => !condemned(entry));
    this.#tokens = this.#entries.reduce((sum, entry) => sum + entry.length, 0);
  }
}
