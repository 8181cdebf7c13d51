/* Prompts and answers as lists of token ids. */

export function sameIds(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((id, index) => id === b[index]);
}

/** Lexicographic: sorted like this, neighbours share the longest beginnings, which servers remember. */
export function compareIds(a: readonly number[], b: readonly number[]): number {
  const differ = a.findIndex((id, index) => id !== b[index]);
  return differ < 0 ? a.length - b.length : (a[differ] ?? 0) - (b[differ] ?? -1);
}
