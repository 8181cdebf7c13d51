import { randomFillSync } from 'node:crypto';

/** Bytes of chance drawn at once: the system is asked once for some hundred ids instead of sixteen times for each. */
const pool = new Uint8Array(4_096);
let used = pool.length;

/** From 0 up to but not 1, in steps of 1/256: a character of an id takes five bits of it. */
export function chance(): number {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const byte = pool[used] ?? 0;
  used += 1;
  return byte / 256;
}
