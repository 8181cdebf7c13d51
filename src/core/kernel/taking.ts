import { takeFour, takeOne } from './index.ts';

/**
 * left[k] −= steps[at]·rows[at][k] for all k, row after row, to the last bit as one would; `count` rows. All are on the heap,
 * `left` the whole of what was taken there.
 */
export function takeRows(left: Float64Array, rows: readonly Float64Array[], steps: ArrayLike<number>, count = rows.length): void {
  const [from, end] = [left.byteOffset, left.byteOffset + left.byteLength];
  const place = (at: number): number => (rows[at] as Float64Array).byteOffset;
  let at = 0;
  for (; at + 3 < count; at += 4) {
    takeFour(from, place(at), place(at + 1), place(at + 2), place(at + 3), end, steps[at] as number, steps[at + 1] as number, steps[at + 2] as number, steps[at + 3] as number);
  }
  for (; at < count; at++) takeOne(from, place(at), end, steps[at] as number);
}

/** The same, wherever they are. */
export function takePlainly(left: Float64Array, rows: readonly Float64Array[], steps: ArrayLike<number>, count = rows.length): void {
  for (let at = 0; at < count; at++) {
    const [row, step] = [rows[at] as Float64Array, steps[at] as number];
    for (let k = 0; k < left.length; k++) left[k] = (left[k] as number) - step * (row[k] as number);
  }
}
