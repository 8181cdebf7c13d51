/** Where each distinct item stands, as a bit per position of the sequence, 32 positions to a word. */
function positions(items: readonly string[], wordCount: number): Map<string, Uint32Array> {
  const masks = new Map<string, Uint32Array>();
  items.forEach((item, index) => {
    const mask = masks.get(item) ?? new Uint32Array(wordCount);
    mask[index >>> 5] = (mask[index >>> 5] ?? 0) | (1 << (index & 31));
    masks.set(item, mask);
  });
  return masks;
}

function zeroBits(words: Uint32Array): number {
  let zeros = 0;
  for (const word of words) for (let rest = ~word; rest !== 0; rest &= rest - 1) zeros += 1;
  return zeros;
}

/**
 * Length of the longest common subsequence. Bit-parallel (Hyyrö 2004, "Bit-parallel LCS-length computation revisited"):
 * V starts as all ones; for each item of `b` with positions M in `a`, U = V & M and V = (V + U) | (V & ~U); the answer
 * is the number of zeros in V. Time |a|·|b| / 32, so that answers of thousands of words stay cheap.
 */
export function lcsLength(a: readonly string[], b: readonly string[]): number {
  const wordCount = Math.ceil(a.length / 32);
  const masks = positions(a, wordCount);
  const state = new Uint32Array(wordCount).fill(0xffffffff);
  for (const item of b) {
    const mask = masks.get(item);
    if (!mask) continue;
    let carry = 0;
    for (let index = 0; index < wordCount; index += 1) {
      const v = state[index] ?? 0;
      const u = (v & (mask[index] ?? 0)) >>> 0;
      const sum = v + u + carry;
      carry = sum > 0xffffffff ? 1 : 0;
      state[index] = sum | (v & ~u);
    }
  }
  return zeroBits(state);
}
