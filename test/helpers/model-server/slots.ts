import type { Token } from './tokens.ts';

/** Common beginnings shorter than this share of the prompt do not make a slot the one to take. */
const SIMILAR = 0.1;

interface Slot {
  tokens: readonly Token[];
  usedAt: number;
}

function shared(a: readonly Token[], b: readonly Token[]): number {
  const differ = a.findIndex((token, index) => token.id !== b[index]?.id);
  return differ < 0 ? a.length : differ;
}

/** llama.cpp's memory: each slot knows what it read last, and only what stands at the same place counts as known. */
export class Slots {
  readonly #slots: Slot[];
  readonly #unified: boolean;
  #now = 0;

  constructor(count: number, unified: boolean) {
    this.#slots = Array.from({ length: count }, () => ({ tokens: [], usedAt: 0 }));
    this.#unified = unified;
  }

  get count(): number {
    return this.#slots.length;
  }

  /**
   * Reads a prompt, on the slot that is asked for, else on the one that knows most of it, else on the one that waited
   * longest. At least the last token is read anew.
   */
  read(prompt: readonly Token[], answer: readonly Token[], asked: number): { slot: number; known: number } {
    const known = this.#slots.map((slot) => shared(prompt, slot.tokens));
    const oldest = this.#slots.reduce((best, slot, index) => (slot.usedAt < (this.#slots[best]?.usedAt ?? 0) ? index : best), 0);
    const most = known.indexOf(Math.max(...known));
    const slot = this.#slots[asked] ? asked : (known[most] ?? 0) > SIMILAR * prompt.length ? most : oldest;
    const found = Math.min(known[slot] ?? 0, prompt.length - 1);
    if (this.#unified) for (const each of this.#slots) each.tokens = [];
    this.#slots[slot] = { tokens: [...prompt, ...answer], usedAt: (this.#now += 1) };
    return { slot, known: found };
  }
}
