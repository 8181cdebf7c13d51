/** Draws uniformly from [0, 1). */
export type Rng = () => number;

/** Finaliser of 32-bit words: every bit of the input reaches every bit of the output. */
function mix(word: number): number {
  let h = word;
  h = Math.imul(h ^ (h >>> 16), 0x21f0aaad);
  h = Math.imul(h ^ (h >>> 15), 0x735a2d97);
  return (h ^ (h >>> 15)) >>> 0;
}

/** Absorbs the UTF-16 code units of a text; lanes differ by their start value. */
function hash(text: string, lane: number): number {
  let h = mix(lane + 0x9e3779b9);
  for (let i = 0; i < text.length; i++) h = mix(Math.imul(h, 31) + text.charCodeAt(i));
  return h;
}

/**
 * A stream of uniform numbers on [0, 1) with 53 random bits, the same on every machine for the same seed and stream
 * name. Streams of one seed are unrelated, so that a new consumer never shifts the draws of another.
 * Generator: sfc32 of Doty-Humphrey's PractRand (a 96-bit chaotic state beside a 32-bit counter, period ≥ 2^32).
 */
export function createRng(seed: number, stream: string): Rng {
  const name = `${seed}\u0000${stream}`;
  let a = hash(name, 1);
  let b = hash(name, 2);
  let c = hash(name, 3);
  let counter = 1;
  const next = (): number => {
    const out = (a + b + counter) >>> 0;
    counter = (counter + 1) >>> 0;
    a = (b ^ (b >>> 9)) >>> 0;
    b = (c + (c << 3)) >>> 0;
    c = (((c << 21) | (c >>> 11)) + out) >>> 0;
    return out;
  };
  // The first outputs still show the seed words.
  for (let i = 0; i < 12; i++) next();
  return () => ((next() >>> 5) * 0x4000000 + (next() >>> 6)) / 0x20000000000000;
}

/** An integer drawn uniformly from 0 … bound − 1. */
export function below(bound: number, rng: Rng): number {
  return Math.floor(rng() * bound);
}

/** Puts the items into a uniformly random order, in place, and gives them back (Fisher and Yates). */
export function shuffle<T>(items: T[], rng: Rng): T[] {
  for (let i = items.length - 1; i > 0; i--) {
    const j = below(i + 1, rng);
    const held = items[i] as T;
    items[i] = items[j] as T;
    items[j] = held;
  }
  return items;
}

/**
 * `size` distinct integers of 0 … count − 1, every subset equally likely, in ascending order.
 * Takes O(size) time and memory however large `count` is: only the displaced places of the shuffle are kept.
 */
export function sampleWithoutReplacement(count: number, size: number, rng: Rng): number[] {
  const wanted = Math.min(size, count);
  const displaced = new Map<number, number>();
  const drawn: number[] = [];
  for (let i = 0; i < wanted; i++) {
    const j = i + below(count - i, rng);
    drawn.push(displaced.get(j) ?? j);
    displaced.set(j, displaced.get(i) ?? i);
  }
  return drawn.sort((x, y) => x - y);
}

/** A draw from the standard normal distribution (Box and Muller). */
export function gaussian(rng: Rng): number {
  return Math.sqrt(-2 * Math.log(1 - rng())) * Math.cos(2 * Math.PI * rng());
}
