import type { Method } from '../types.ts';
import { type Branch, partsOf } from './branches.ts';
import type { Cut, Refine } from './levels.ts';

/** How many units a stage plays with, worked out before anything is asked. */
export interface StageSize {
  /** What is to be expected when the units opened are of middling size. */
  expected: number;
  /** When the largest are opened. */
  most: number;
  /** Leaves at most, frozen ones among them. */
  leaves: number;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** One entry per level, the first one exact; a level that splits nothing repeats the one before. */
export function stageSizes(roots: readonly Branch[], cuts: readonly Cut[], { top_k: top, freeze }: Refine): StageSize[] {
  const first = roots.filter(({ unit }) => !unit.fixed).length;
  const sizes: StageSize[] = [{ expected: first, most: first, leaves: first }];
  let cut = roots.filter(({ splits }) => splits).map((root): readonly Branch[] => [root]);
  for (const next of cuts.slice(1)) {
    const last = sizes.at(-1) as StageSize;
    const made = cut.map((branches) => branches.map((branch) => partsOf(branch, next)));
    const split = made.flat().filter((parts) => parts.length > 1);
    cut = made.map((parts) => parts.flat());
    if (split.length === 0) {
      sizes.push(last);
      continue;
    }
    const opened = Math.min(top, split.length);
    const parts = (opened * sum(split.map(({ length }) => length))) / split.length;
    // however often a root has been opened, its leaves are no more than a cut of all of it makes
    const largest = cut.map(({ length }) => length).toSorted((a, b) => b - a).slice(0, top);
    const grown = last.leaves + sum(largest.map((length) => length - 1));
    sizes.push({
      expected: freeze ? parts : last.expected + parts - opened,
      most: freeze ? sum(largest) : grown,
      leaves: grown,
    });
  }
  return sizes;
}

/**
 * Of the calls that are left, those for the stage at `level`. A regression learns from the stages before, so all stages
 * get the same; any other method starts anew and needs them by the number of its units.
 */
export function stageShare(method: Method, sizes: readonly StageSize[], level: number, units: number, left: number): number {
  const weight = (size: number): number => (method.fit ? 1 : size);
  const later = sizes.slice(level + 1).filter((size, at) => size !== sizes[level + at]);
  return Math.floor((left * weight(units)) / (weight(units) + sum(later.map(({ expected }) => weight(expected)))));
}

/** Evaluations that all stages ask at most; the design of each is counted in full, whatever it shares with those before. */
export function stagesNeed(method: Method, options: unknown, sizes: readonly StageSize[], calls: number): number {
  let left = calls;
  let need = 0;
  sizes.forEach((size, level) => {
    if (level > 0 && size === sizes[level - 1]) return;
    const own = method.evaluations(size.most, options, Math.max(1, stageShare(method, sizes, level, size.most, Math.max(0, left))));
    need += own;
    left -= own;
  });
  return need;
}

/** What the first stage asks at most. */
export function firstNeed(method: Method, options: unknown, sizes: readonly StageSize[], calls: number): number {
  const { most = 0 } = sizes[0] ?? {};
  return method.evaluations(most, options, Math.max(1, stageShare(method, sizes, 0, most, calls)));
}
