/** How often each n-gram occurs. */
export type Counts = ReadonlyMap<string, number>;

/** Counts of the n-grams of `items` of exactly `order` items. Items hold no line break, which joins them. */
export function ngrams(items: readonly string[], order: number): Counts {
  const counts = new Map<string, number>();
  for (let start = 0; start + order <= items.length; start += 1) {
    const gram = items.slice(start, start + order).join('\n');
    counts.set(gram, (counts.get(gram) ?? 0) + 1);
  }
  return counts;
}

/** Size of the multiset intersection: each n-gram counts as often as both have it ("clipped" matches). Symmetric. */
export function commonCount(a: Counts, b: Counts): number {
  let common = 0;
  for (const [gram, count] of a) common += Math.min(count, b.get(gram) ?? 0);
  return common;
}

/** Number of n-grams of this order in a sequence of this length. */
export function ngramTotal(length: number, order: number): number {
  return Math.max(0, length - order + 1);
}
