import type { Rng } from './rng.ts';
import type { Mask } from './types.ts';

/** The mask of n units with everything present. */
export function full(n: number): Mask {
  return new Uint8Array(n).fill(1);
}

/** The mask of n units with nothing present. */
export function empty(n: number): Mask {
  return new Uint8Array(n);
}

/** The full mask of n units without the given ones. */
export function without(n: number, ...absent: readonly number[]): Mask {
  const mask = full(n);
  for (const unit of absent) mask[unit] = 0;
  return mask;
}

/** Present where the mask is absent, and the other way round. */
export function complement(mask: Mask): Mask {
  return mask.map((bit) => 1 - bit);
}

/** Positions of the absent units, ascending. */
export function absentees(mask: Mask): number[] {
  const absent: number[] = [];
  for (let i = 0; i < mask.length; i++) if (mask[i] === 0) absent.push(i);
  return absent;
}

const HEXADECIMAL = Array.from({ length: 16 }, (_, digit) => digit.toString(16));

/** A short text that two masks of one length share exactly when they are equal: four units to a hexadecimal digit. */
export function key(mask: Mask): string {
  let text = '';
  for (let i = 0; i < mask.length; i += 4) {
    let digit = 0;
    for (let j = i; j < i + 4; j++) digit = digit * 2 + (mask[j] ?? 0);
    text += HEXADECIMAL[digit] as string;
  }
  return text;
}

/** One mask that keeps each of n units with probability ½. */
export function halfMask(n: number, rng: Rng): Mask {
  const mask = empty(n);
  for (let i = 0; i < n; i++) mask[i] = rng() < 0.5 ? 1 : 0;
  return mask;
}

/** `count` independent half masks of n units; equal ones may occur. */
export function halfMasks(n: number, count: number, rng: Rng): Mask[] {
  return Array.from({ length: count }, () => halfMask(n, rng));
}

/** n over k, exact up to 2^53 − 1 and held there above it: a count that large is only ever compared. */
export function binomial(n: number, k: number): number {
  if (k < 0 || k > n) return 0;
  const smaller = Math.min(k, n - k);
  let product = 1n;
  for (let i = 1; i <= smaller; i++) {
    // Exact: the product of i consecutive integers is divisible by i!. It only grows, so it may stop early.
    product = (product * BigInt(n - smaller + i)) / BigInt(i);
    if (product > BigInt(Number.MAX_SAFE_INTEGER)) return Number.MAX_SAFE_INTEGER;
  }
  return Number(product);
}

/** Every subset of 0 … n − 1 of size k, ascending inside and in lexicographic order. */
export function* subsetsOfSize(n: number, k: number): Generator<number[], void, undefined> {
  if (k < 0 || k > n) return;
  const subset = Array.from({ length: k }, (_, i) => i);
  for (;;) {
    yield subset.slice();
    let i = k - 1;
    while (i >= 0 && subset[i] === n - k + i) i--;
    if (i < 0) return;
    subset[i] = (subset[i] as number) + 1;
    for (let j = i + 1; j < k; j++) subset[j] = (subset[j - 1] as number) + 1;
  }
}
