import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstNeed, type StageSize, stageShare, stageSizes, stagesNeed } from '../../../../src/core/levels/sizes.ts';
import { methodById, methods } from '../../../../src/core/methods/index.ts';
import type { Method } from '../../../../src/core/types.ts';
import { ladderOf, playClimb, REFINE, textOf } from '../../../helpers/levelgames.ts';

const method = (id: string): Method => methodById(id) as Method;
const words = (count: number) => Array.from({ length: count }, (_, at) => `w${at}`);
const call = { prompt: textOf([words(2), words(5), words(1), words(4)]) };

describe('stageSizes', () => {
  it('says what to expect and what there is at most', () => {
    const { sizes } = ladderOf(call, ['paragraph', 'sentence'], { top_k: 2 });
    // of the three that can be opened, two: 11/3 sentences each, or the five and the four
    expect(sizes).toEqual([{ expected: 4, most: 4, leaves: 4 }, { expected: 4 - 2 + (2 * 11) / 3, most: 11, leaves: 11 }]);
  });

  it('counts the new units alone where the others are frozen', () => {
    const { sizes } = ladderOf(call, ['paragraph', 'sentence'], { top_k: 2, freeze: true });
    expect(sizes[1]).toEqual({ expected: (2 * 11) / 3, most: 9, leaves: 11 });
  });

  it('a level that splits nothing has no stage', () => {
    const { sizes } = ladderOf({ prompt: 'One two.\n\nThree.' }, ['paragraph', 'sentence', 'word']);
    expect(sizes[1]).toBe(sizes[0]);
    expect(sizes[2]).toEqual({ expected: 3, most: 3, leaves: 3 });
  });

  it('no job has more units than that', () => {
    const paragraphs = fc.array(fc.integer({ min: 1, max: 5 }).map(words), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(paragraphs, fc.integer({ min: 1, max: 4 }), fc.boolean(), (texts, top, freeze) => {
        const ladder = ladderOf({ prompt: textOf(texts) }, ['document', 'paragraph', 'sentence', 'word'], { top_k: top, freeze, threshold: 0 });
        const { climbed, steps } = playClimb(method('leave-one-out'), ladder, (text) => [text.length], { calls: 1_000 });
        for (const { front } of steps) {
          const level = climbed.stages[[...new Set(steps.map((step) => step.front))].indexOf(front)]?.level ?? 0;
          expect(front.players.length).toBeLessThanOrEqual(ladder.sizes[level]?.most ?? 0);
          expect(front.leaves.length).toBeLessThanOrEqual(ladder.sizes[level]?.leaves ?? 0);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('how stages share the calls', () => {
  const sizes: StageSize[] = [{ expected: 20, most: 20, leaves: 20 }, { expected: 40, most: 60, leaves: 60 }];

  it('regressions get the same for each, others by the number of units', () => {
    expect(stageShare(method('lasso'), sizes, 0, 20, 100)).toBe(50);
    expect(stageShare(method('shapley'), sizes, 0, 20, 90)).toBe(30);
    for (const each of methods) expect(stageShare(each, sizes, 1, 35, 77)).toBe(77);
  });

  it('says what all stages need, and what the first one does', () => {
    const options = {};
    expect(stagesNeed(method('leave-one-out'), options, sizes, 50)).toBe(21 + 61);
    expect(firstNeed(method('leave-one-out'), options, sizes, 50)).toBe(21);
    expect(stagesNeed(method('lasso'), method('lasso').options.parse({}), sizes, 100)).toBe(100);
    expect(stagesNeed(method('lasso'), method('lasso').options.parse({}), sizes, 1_000)).toBe(128);
    expect(stagesNeed(method('leave-one-out'), options, [sizes[0] as StageSize, sizes[0] as StageSize], 50)).toBe(21);
  });

  it('sampling methods never need more than there is, where that holds the least of each stage', () => {
    fc.assert(
      fc.property(fc.constantFrom('auto', 'lasso', 'banzhaf'), fc.integer({ min: 60, max: 500 }), (id, calls) => {
        const small = stageSizes(ladderOf(call, ['paragraph', 'sentence']).roots, ladderOf(call, ['paragraph', 'sentence']).cuts, REFINE);
        expect(stagesNeed(method(id), method(id).options.parse({}), small, calls)).toBeLessThanOrEqual(calls);
      }),
    );
  });
});
