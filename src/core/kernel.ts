/*
 * The one loop in which sparse fits spend their time, in WebAssembly: JavaScript has no vectors of numbers, and checks
 * every index. Two doubles at once, in the same order and with the same rounding as the loop in JavaScript beside it
 * (pulls.ts), which serves where there is no room here. Assembled below from its instructions, since it is one loop.
 */

/** left[k] −= a[k]·stepA, then b, c and d, for all k; addresses and `end`, that of left's end, are in bytes, by 16. */
type TakeFour = (left: number, a: number, b: number, c: number, d: number, end: number, stepA: number, stepB: number, stepC: number, stepD: number) => void;

/** 64 MiB, of which the system gives only the pages that are used; it never grows, so that no view of it is lost. */
const PAGES = 1024;
const PAGE = 65_536;

const [I32, F64, V128] = [0x7f, 0x7c, 0x7b];
const get = (local: number): number[] => [0x20, local];
const set = (local: number): number[] => [0x21, local];
/** An instruction on vectors, whose numbers take two bytes from 128 on. */
const vector = (code: number): number[] => [0xfd, ...(code < 128 ? [code] : [(code & 127) | 128, code >> 7])];
/** Alignment 2³ and no offset. */
const ADDRESS = [3, 0];
const [LOAD, STORE, SPLAT, SUBTRACT, MULTIPLY] = [vector(0x00), vector(0x0b), vector(0x14), vector(0xf1), vector(0xf2)];
const ROWS = [1, 2, 3, 4];
/** Locals: 0 left, 1 … 4 rows, 5 end, 6 … 9 steps, and the steps twice as vectors, 10 … 13. */
const [END, STEPS, VECTORS] = [5, 5, 9];

const ADVANCE = (local: number): number[] => [...get(local), 0x41, 16, 0x6a, ...set(local)];
const BODY = [
  1, 4, V128,
  ...ROWS.flatMap((row) => [...get(STEPS + row), ...SPLAT, ...set(VECTORS + row)]),
  0x03, 0x40, // loop
  ...get(0),
  ...get(0), ...LOAD, ...ADDRESS,
  ...ROWS.flatMap((row) => [...get(row), ...LOAD, ...ADDRESS, ...get(VECTORS + row), ...MULTIPLY, ...SUBTRACT]),
  ...STORE, ...ADDRESS,
  ...[0, ...ROWS].flatMap(ADVANCE),
  ...get(0), ...get(END), 0x49, 0x0d, 0, // again while left < end
  0x0b, 0x0b,
];

/** A number below 2¹⁴ as the format writes it. */
const size = (count: number): number[] => (count < 128 ? [count] : [(count & 127) | 128, count >> 7]);
const section = (id: number, bytes: readonly number[]): number[] => [id, ...size(bytes.length), ...bytes];
const name = (text: string): number[] => [text.length, ...Array.from(text, (letter) => letter.charCodeAt(0))];
const MODULE = [
  ...name('\0asm').slice(1), 1, 0, 0, 0,
  ...section(1, [1, 0x60, 10, I32, I32, I32, I32, I32, I32, F64, F64, F64, F64, 0]),
  ...section(2, [1, ...name('heap'), ...name('memory'), 2, 0, 1]),
  ...section(3, [1, 0]),
  ...section(7, [1, ...name('takeFour'), 0, 0]),
  ...section(10, [1, ...size(BODY.length), ...BODY]),
];

/** As much of it as is used here: its types come with those of browsers only. */
declare const WebAssembly: {
  Memory: new (size: { initial: number }) => { buffer: ArrayBuffer };
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: { heap: { memory: object } }) => { exports: Record<string, unknown> };
};

const memory = new WebAssembly.Memory({ initial: PAGES });
const { exports } = new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(MODULE)), { heap: { memory } });

export const takeFour = exports.takeFour as TakeFour;
export const heap = new Float64Array(memory.buffer);

let [used, depth] = [0, 0];

/** Gives back what `work` took of the heap, when it is done. Not for work that waits: others would take the same. */
export function onHeap<T>(work: () => T): T {
  const before = used;
  depth += 1;
  try {
    return work();
  } finally {
    used = before;
    depth -= 1;
  }
}

/** Where `length` numbers of the heap begin, an even place; null where there is no room, or nobody would give it back. */
export function take(length: number): number | null {
  const place = used;
  if (depth === 0 || place + length > (PAGES * PAGE) / 8) return null;
  used += length + (length % 2);
  return place;
}

/** `length` numbers of whatever value, on the heap where there is room. What is made of them ends with `onHeap`. */
export function room(length: number): Float64Array {
  const place = take(length);
  return place === null ? new Float64Array(length) : heap.subarray(place, place + length);
}
