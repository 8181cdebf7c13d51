/** 64 MiB, of which the system gives only the pages that are used; it never grows, so that no view of it is lost. */
const PAGES = 1024;

/** As much of it as is used here: its types come with those of browsers only. */
declare const WebAssembly: { Memory: new (size: { initial: number }) => { buffer: ArrayBuffer } };

export const memory = new WebAssembly.Memory({ initial: PAGES });
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
  if (depth === 0 || place + length > heap.length) return null;
  used += length + (length % 2);
  return place;
}

/** `length` numbers of whatever value, on the heap where there is room. What is made of them ends with `onHeap`. */
export function room(length: number): Float64Array {
  const place = take(length);
  return place === null ? new Float64Array(length) : new Float64Array(heap.buffer, 8 * place, length);
}

/** `length` zeros, whole numbers, on the heap where there is room. */
export function wholeRoom(length: number): Int32Array {
  const place = take(Math.ceil(length / 2));
  return place === null ? new Int32Array(length) : new Int32Array(heap.buffer, 8 * place, length).fill(0);
}

/** Whether numbers lie on the heap. To ask takes as long as a pass over a hundred of them. */
export function heaped(...all: readonly (Float64Array | Int32Array)[]): boolean {
  for (const numbers of all) if (numbers.buffer !== heap.buffer) return false;
  return true;
}
