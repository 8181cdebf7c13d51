import { every, type Repeating } from './every.ts';

/** How often what could not be written is tried again. */
const AGAIN_MS = 500;
/** What waits takes no more memory than this; then the oldest go. Whoever asked still has them. */
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * Values that Redis did not take when they came: it was away, frozen, or refused writes. They are kept until it takes
 * them, so that a job that another process goes on with finds what was paid for.
 */
export class Pending {
  readonly #values = new Map<string, Buffer>();
  readonly #write: (entries: readonly (readonly [string, Buffer])[]) => Promise<void>;
  #bytes = 0;
  #trying: Repeating | null = null;

  /** @param write puts them into Redis, all or none; throws when it cannot */
  constructor(write: (entries: readonly (readonly [string, Buffer])[]) => Promise<void>) {
    this.#write = write;
  }

  get(key: string): Buffer | undefined {
    return this.#values.get(key);
  }

  add(key: string, value: Buffer): void {
    this.delete(key);
    this.#values.set(key, value);
    this.#bytes += value.length;
    for (const [oldest] of this.#values) {
      if (this.#bytes <= MOST_BYTES) break;
      this.delete(oldest);
    }
    this.#trying ??= every(AGAIN_MS, () => this.flush(), () => undefined);
  }

  delete(key: string): void {
    this.#bytes -= this.#values.get(key)?.length ?? 0;
    this.#values.delete(key);
  }

  /** Tries all of them now. @throws what `write` throws */
  async flush(): Promise<void> {
    const entries = [...this.#values];
    if (entries.length > 0) await this.#write(entries);
    // one that was replaced or erased meanwhile is not this one
    for (const [key, value] of entries) if (this.#values.get(key) === value) this.delete(key);
    if (this.#values.size > 0) return;
    const trying = this.#trying;
    this.#trying = null;
    void trying?.stop();
  }

  /** A last try. Never throws. */
  async close(): Promise<void> {
    const trying = this.#trying;
    this.#trying = null;
    await trying?.stop();
    await this.flush().catch(() => undefined);
  }
}
