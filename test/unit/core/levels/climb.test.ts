import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { climb, type ClimbInput, type Ladder, retrace } from '../../../../src/core/levels/climb.ts';
import { gatherer } from '../../../../src/core/levels/front.ts';
import { key } from '../../../../src/core/masks.ts';
import { methodById, methods } from '../../../../src/core/methods/index.ts';
import { createRng } from '../../../../src/core/rng.ts';
import type { Mask, Method } from '../../../../src/core/types.ts';
import { absences, ladderOf, playClimb, presentText, REFINE, textOf } from '../../../helpers/levelgames.ts';

const method = (id: string): Method => methodById(id) as Method;
const loo = method('leave-one-out');
const call = { prompt: textOf([['a', 'b'], ['c', 'd', 'e'], ['f'], ['g', 'h']]) };
const sentences: Ladder = ladderOf(call, ['paragraph', 'sentence']);
/** Worth of words, added up over what is left; a second target sees other words. */
const worth = (...targets: Record<string, number>[]) => (text: string) =>
  targets.map((words) => Object.entries(words).reduce((sum, [word, value]) => sum + (text.includes(` ${word}.`) ? value : 0), 1));
const value = worth({ c: 8, a: 2, e: -1, h: 0.1 });

const scoresOf = ({ front, finding }: ReturnType<typeof playClimb>['climbed'], target = 0) =>
  Object.fromEntries(front.leaves.map((leaf, at) => [leaf.unit.text.replaceAll(/Here is |\.\s*/g, ''), finding.attributions[target]?.scores[at]]));

describe('a climb', () => {
  it('cuts what matters, and leaves the rest as it is', () => {
    const { climbed, steps, distinct } = playClimb(loo, sentences, value);
    expect(steps.map(({ front }) => front.leaves.length)).toEqual([4, 7]);
    expect(scoresOf(climbed)).toEqual({ a: 2, b: 0, c: 8, d: 0, e: -1, f: 0, gh: expect.closeTo(0.1, 9) as number });
    expect(climbed.stages.map(({ level, opened }) => [level, opened])).toEqual([[0, []], [1, [0, 1]]]);
    expect(climbed.measured[0]).toEqual([{ score: 2, interval: null }, { score: 7, interval: null }]);
    // whole, four paragraphs and the five sentences of two of them
    expect(distinct.size).toBe(10);
    expect(climbed.finding.stopped).toBe('done');
    expect(climbed.notes).toEqual([]);
  });

  it('opens for all targets what matters to one', () => {
    const { climbed } = playClimb(loo, sentences, worth({ c: 8 }, { h: 0.1 }));
    expect(climbed.stages[1]?.opened).toEqual([1, 3]);
    expect(scoresOf(climbed, 1)).toMatchObject({ c: 0, g: 0, h: expect.closeTo(0.1, 9) as number });
  });

  it('passes over a level that splits nothing that matters', () => {
    const three = ladderOf({ prompt: 'One two three.\n\nFour five.\n\nSix. Seven.' }, ['paragraph', 'sentence', 'word']);
    const { climbed } = playClimb(loo, three, (text) => [text.includes('five') ? 1 : 0]);
    expect(climbed.stages.map(({ level, opened }) => [level, opened])).toEqual([[0, []], [2, [1]]]);
  });

  it('opens nothing where nothing matters, and is then what a single level is', () => {
    const { climbed, steps } = playClimb(loo, sentences, () => [3]);
    expect(steps).toHaveLength(1);
    expect(climbed.layout.opened).toEqual([]);
    expect(climbed.finding.attributions).toEqual(climbed.first);
  });

  it('keeps frozen units there, with the scores and pairs that they had', () => {
    const frozen = ladderOf(call, ['paragraph', 'sentence'], { freeze: true, top_k: 1 });
    const both = (text: string) => [(text.includes(' c.') ? 8 : 0) + (text.includes(' a.') && text.includes(' h.') ? 2 : 0)];
    const { climbed, steps } = playClimb(method('auto'), frozen, both);
    const later = steps.find(({ front }) => front.leaves.length > 4);
    expect(later?.masks.every((mask) => mask[0] === 1 && mask.at(-1) === 1)).toBe(true);
    const { scores, interactions, intercept } = climbed.finding.attributions[0] ?? { scores: [], intercept: NaN };
    expect(climbed.front.leaves.map((leaf) => leaf.unit.level)).toEqual(['paragraph', 'sentence', 'sentence', 'sentence', 'paragraph', 'paragraph']);
    expect([...scores].map((score) => Math.round(score * 1e6) / 1e6)).toEqual([1, 8, 0, 0, 0, 1]);
    expect(interactions).toEqual([{ units: [0, 5], score: expect.closeTo(2, 6) as number, reading: 'both needed' }]);
    expect(intercept).toBeCloseTo(10, 6);
  });

  it('a frozen unit that could not be cut yet may be cut by a later level', () => {
    const frozen = ladderOf({ prompt: 'One two three.\n\nFour. Five.\n\nSix. Seven.' }, ['paragraph', 'sentence', 'word'], { freeze: true, top_k: 1 });
    const { climbed } = playClimb(loo, frozen, (text) => [(text.includes('two') ? 3 : 0) + (text.includes('Five') ? 2 : 0)]);
    expect(climbed.front.leaves.map((leaf) => leaf.unit.text.trim())).toEqual(['One', 'two', 'three.', 'Four.', 'Five.', 'Six. Seven.']);
    expect([...(climbed.finding.attributions[0]?.scores ?? [])]).toEqual([0, 3, 0, 0, 2, 0]);
  });

  it('keeps to the units that the service takes, and says so', () => {
    const { climbed } = playClimb(loo, { ...sentences, maxUnits: 6 }, value);
    expect(climbed.stages[1]?.opened).toEqual([1]);
    expect(climbed.notes).toEqual([expect.stringMatching(/^1 unit was not opened into sentence units: there would be more units/)]);
    expect(climbed.finding.stopped).toBe('budget');
    expect(playClimb(loo, { ...sentences, maxUnits: 5 }, value).climbed.layout.opened).toEqual([]);
  });

  it('does not go on once nothing more can be asked, and loses nothing', () => {
    const input: ClimbInput = { method: loo, options: {}, columns: 1, weights: Float64Array.of(1), seed: 1, calls: 200, spare: 0, past: null, ladder: sentences };
    const run = climb(input);
    const first = run.next();
    if (first.done) throw new Error('nothing was asked');
    const known = (mask: Mask) => Float64Array.from(value(presentText(first.value.front, mask)));
    const end = run.next({ values: first.value.masks.map(known), missing: false, evaluations: 5, ended: true });
    expect(end.done && end.value.stages).toHaveLength(1);

    const other = climb(input);
    other.next();
    const second = other.next({ values: first.value.masks.map(known), missing: false, evaluations: 5, ended: false });
    if (second.done) throw new Error('the second level was not asked');
    const last = other.next({ values: second.value.masks.map(() => Float64Array.of(NaN)), missing: false, evaluations: 5, ended: true });
    if (!last.done) throw new Error('there was more');
    expect(scoresOf(last.value)).toEqual({ a: NaN, b: NaN, c: NaN, d: NaN, e: NaN, f: 0, gh: expect.closeTo(0.1, 9) as number });
    expect(last.value.measured[0]?.map(({ score }) => score)).toEqual([2, 7]);
    expect(last.value.finding.attributions[0]?.intercept).toBeCloseTo(10.1, 9);
  });
});

describe.each(methods.map((each) => [each.id, each] as const))('%s over levels', (_, each) => {
  const words = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'), { minLength: 1, maxLength: 4 });
  const anyGame = fc.record({
    paragraphs: fc.array(words, { minLength: 2, maxLength: 5 }),
    top_k: fc.integer({ min: 1, max: 4 }),
    freeze: fc.boolean(),
    calls: fc.integer({ min: 8, max: 90 }),
    seed: fc.nat(1_000),
  });

  it('never asks more than it may, says the same for the same seed, and can be gone through again', () => {
    fc.assert(
      fc.property(anyGame, ({ paragraphs, top_k: top, freeze, calls, seed }) => {
        const text = textOf(paragraphs);
        const levels = ladderOf({ prompt: text }, ['document', 'paragraph', 'sentence', 'word'], { top_k: top, freeze, threshold: 0.05 });
        const rough = (left: string) => [2 * createRng(seed, left)() + worth({ a: 3, c: -2, e: 1 })(left)[0]!, worth({ b: 2 })(left)[0]!];
        const more = { calls, seed };
        const { climbed, steps, distinct } = playClimb(each, levels, rough, more);
        expect(distinct.size).toBeLessThanOrEqual(calls);
        const { front, finding, layout, stages } = climbed;
        expect(finding.attributions).toHaveLength(2);
        for (const { scores, intervals } of finding.attributions) {
          expect(scores).toHaveLength(front.leaves.length);
          if (intervals) expect(intervals).toHaveLength(front.leaves.length);
        }
        expect(layout.leaves).toHaveLength(front.leaves.length);
        expect(stages.slice(1).every(({ opened }) => opened.length > 0 && opened.length <= top)).toBe(true);
        expect(playClimb(each, levels, rough, more).climbed).toEqual(climbed);

        const fronts = retrace(levels, stages);
        const last = fronts.at(-1);
        if (!last) throw new Error('no front');
        const seen = new Map<string, { mask: Mask; values: Float64Array; at: number }>();
        for (const step of steps) {
          for (const mask of step.masks) {
            const name = absences(step.front, mask);
            if (seen.has(name)) continue;
            const stage = steps.filter((other, at) => at === 0 || other.front !== steps[at - 1]?.front).findIndex((other) => other.front === step.front);
            const own = fronts[stage];
            if (!own) throw new Error('no such stage');
            const gather = gatherer(own, last);
            const carried = Uint8Array.from(last.leaves, (_leaf, position) => mask[gatherPosition(own, last, position)] as number);
            expect(gather(carried)).toEqual(mask);
            seen.set(name, { mask: carried, values: Float64Array.from(rough(presentText(step.front, mask))), at: stage });
          }
        }
        const rows = [...seen.values()];
        const counted = stages.map((stage, at) => ({ ...stage, evaluations: rows.filter((row) => row.at === at).length }));
        expect(counted).toEqual(stages);
        const again = climb({ method: each, options: each.options.parse({}), columns: 2, weights: Float64Array.of(1, 1), seed, calls, spare: 0, ladder: levels, past: { stages, fronts, rows } });
        let step = again.next();
        while (step.done !== true) {
          const gather = gatherer(step.value.front, last);
          const table = new Map(rows.flatMap((row): [string, Float64Array][] => {
            const gathered = gather(row.mask);
            return gathered ? [[key(gathered), row.values]] : [];
          }));
          const found = step.value.masks.map((mask) => table.get(key(mask)) ?? null);
          expect(found).not.toContain(null);
          step = again.next({ values: found.map((row) => row ?? new Float64Array(2)), missing: false, evaluations: 0, ended: false });
        }
        expect(step.value.finding.attributions).toEqual(finding.attributions);
        expect(step.value.measured).toEqual(climbed.measured);
        expect(step.value.layout.units).toEqual(layout.units);
      }),
      { numRuns: 15 },
    );
  });

  it('finds what matters among what does not', () => {
    const names = Array.from({ length: 24 }, (__, at) => `w${String.fromCharCode(97 + at)}`);
    const paragraphs = Array.from({ length: 6 }, (__, at) => names.slice(4 * at, 4 * at + 4));
    const levels = ladderOf({ prompt: textOf(paragraphs) }, ['paragraph', 'sentence'], { ...REFINE, top_k: 2 });
    const { climbed } = playClimb(each, levels, worth({ wb: 5, wo: -4 }), { calls: 400 });
    const scores = Object.entries(scoresOf(climbed)).toSorted((x, y) => Math.abs(y[1] ?? 0) - Math.abs(x[1] ?? 0));
    expect(scores.slice(0, 2).map(([name]) => name)).toEqual(['wb', 'wo']);
    expect(scores[0]?.[1]).toBeGreaterThan(3.5);
  });
});

/** Position in a coarser front of what a leaf of the finer one is or is a part of. */
function gatherPosition(coarse: ReturnType<typeof retrace>[number], fine: ReturnType<typeof retrace>[number], position: number): number {
  for (let at: (typeof fine.leaves)[number] | null = fine.leaves[position] ?? null; at; at = at.parent) {
    const found = coarse.leaves.indexOf(at);
    if (found >= 0) return found;
  }
  throw new Error('not a refinement');
}
