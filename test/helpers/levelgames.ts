import { rootsOf } from '../../src/core/levels/branches.ts';
import { climb, type ClimbInput, type Climbed, type Ladder } from '../../src/core/levels/climb.ts';
import { type Front, lineage } from '../../src/core/levels/front.ts';
import { cutsFor, type Level, type Refine } from '../../src/core/levels/levels.ts';
import { stageSizes } from '../../src/core/levels/sizes.ts';
import { sentence } from '../../src/core/segmenters/sentence.ts';
import type { Call, Mask, Method } from '../../src/core/types.ts';

/*
 * Games over the units of a text at several levels, played without a service.
 */

export const REFINE: Refine = { top_k: 3, threshold: 0.1, freeze: false };
const asked = { segmenter: sentence, options: sentence.options.parse({}) };

export const cutsOf = (...levels: Level[]) => cutsFor(levels, asked);

export function ladderOf(call: Call, levels: Level[], refine: Partial<Refine> = {}, maxUnits = 2_000): Ladder {
  const cuts = cutsOf(...levels);
  const [first] = cuts;
  if (!first) throw new Error('no levels');
  const roots = rootsOf(call, first);
  const how = { ...REFINE, ...refine };
  return { roots, cuts, refine: how, sizes: stageSizes(roots, cuts, how), maxUnits };
}

/** Words of each paragraph's sentences as a text: `[['a', 'b'], ['c']]` is two paragraphs of two and one sentence. */
export const textOf = (paragraphs: readonly (readonly string[])[]): string =>
  paragraphs.map((words) => words.map((word) => `Here is ${word}.`).join(' ')).join('\n\n');

/** Texts of the leaves that are there. */
export const presentText = (front: Front, mask: Mask): string =>
  front.leaves.filter((_, position) => mask[position] === 1).map((leaf) => leaf.unit.text).join('');

export interface Played {
  climbed: Climbed;
  /** Batches with the front that they are of. */
  steps: { front: Front; masks: readonly Mask[] }[];
  /** Different evaluations: which units are gone, the outermost ones that are gone as a whole. */
  distinct: Set<string>;
}

/** What a mask takes away, in words that do not depend on how finely units are cut. */
export function absences(front: Front, mask: Mask): string {
  const leavesUnder = new Map<object, number[]>();
  front.leaves.forEach((leaf, position) => lineage(leaf).forEach((branch) => leavesUnder.set(branch, [...(leavesUnder.get(branch) ?? []), position])));
  const gone = front.leaves.flatMap((leaf, position) => {
    if (mask[position] === 1) return [];
    const outermost = lineage(leaf).findLast((branch) => leavesUnder.get(branch)?.every((at) => mask[at] === 0)) ?? leaf;
    return [`${outermost.unit.at}:${outermost.unit.start}-${outermost.unit.end}`];
  });
  return [...new Set(gone)].join(' ');
}

/** Plays a method over levels; a value is a function of the text that is left. */
export function playClimb(method: Method, ladder: Ladder, valueOf: (text: string) => readonly number[], more: Partial<ClimbInput> = {}): Played {
  const columns = valueOf('').length;
  const input: ClimbInput = { method, options: method.options.parse({}), columns, weights: new Float64Array(columns).fill(1), seed: 1, calls: 200, spare: 0, past: null, ladder, ...more };
  const run = climb(input);
  const steps: Played['steps'] = [];
  const distinct = new Set<string>();
  let step = run.next();
  while (step.done !== true) {
    const { front, masks } = step.value;
    steps.push(step.value);
    for (const mask of masks) distinct.add(absences(front, mask));
    const values = masks.map((mask) => Float64Array.from(valueOf(presentText(front, mask))));
    step = run.next({ values, missing: false, evaluations: distinct.size, ended: false });
  }
  return { climbed: step.value, steps, distinct };
}
