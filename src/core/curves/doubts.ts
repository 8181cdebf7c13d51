import { mean } from '../statistics.ts';
import type { CheckDesign, Walk, Walks } from './design.ts';
import { heights, meanKnown } from './report.ts';

/** Chance must do better by more than this share of the largest drop: beyond the drop of the whole, values wander. */
const MARGIN = 0.1;

/** Heights after as many units, by the number of units. */
function byCount({ counts, rows }: Walk, heightOf: (row: number) => number): Map<number, number> {
  return new Map(counts.map((count, at) => [count, heightOf(rows[at] as number)]));
}

/**
 * By how much the order by score is ahead of the random ones on average over the first units, counted as units: long
 * units make the areas by text unfair to orders that are right, while on a sum of single effects no order of units can
 * be ahead of the true one here. NaN where there is nothing to compare.
 */
function lead({ score, random }: Walks, heightOf: (row: number) => number): number {
  const walks = [score, ...random].map((walk) => byCount(walk, heightOf));
  const shared = score.counts.filter((count) => count > 0 && walks.every((walk) => Number.isFinite(walk.get(count))));
  const [own, ...others] = walks.map((walk) => mean(shared.map((count) => walk.get(count) as number)));
  return (own ?? NaN) - mean(others);
}

/**
 * What speaks against the order of the scores, in plain words: that chance does better. Any of it keeps a verdict from
 * being `good`.
 */
export function doubtsOf(design: CheckDesign, values: ArrayLike<number>): string[] {
  const { drop, rise } = heights(design, values);
  const margin = MARGIN * Math.max(...design.masks.map((_, row) => drop(row)).filter(Number.isFinite).map(Math.abs));
  const doubts: string[] = [];
  if (design.deletion && lead(design.deletion, drop) < -margin) doubts.push('Units taken away in random order lower the value more than as many taken away by score.');
  if (design.insertion && lead(design.insertion, rise) < -margin) doubts.push('Units put back in random order raise the value more than as many put back by score.');
  const ahead = (design.topK ?? []).filter(({ row, random }) => drop(row) < meanKnown(random.map(drop)) - margin);
  if (ahead.length > 0) doubts.push(`Random units lower the value more than the highest ones, when ${ahead.map(({ k }) => k).join(' or ')} are taken away.`);
  return doubts;
}
