import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inOrder, partsOf, rootsOf } from '../../../../src/core/levels/branches.ts';
import { carrier, firstFront, type Front, gatherer, layOut, lifted, lowered, openedFront } from '../../../../src/core/levels/front.ts';
import { type Cut, cutsFor, LEVELS, type Level } from '../../../../src/core/levels/levels.ts';
import { frontRenderer } from '../../../../src/core/levels/renderer.ts';
import { bareCall } from '../../../../src/core/bare.ts';
import { full } from '../../../../src/core/masks.ts';
import { perturbationOf } from '../../../../src/core/perturbation.ts';
import { perturbers } from '../../../../src/core/perturbers/index.ts';
import { createRenderer } from '../../../../src/core/render.ts';
import { createRng } from '../../../../src/core/rng.ts';
import { line } from '../../../../src/core/segmenters/line.ts';
import { segmenters } from '../../../../src/core/segmenters/index.ts';
import { sentence } from '../../../../src/core/segmenters/sentence.ts';
import { holdersOf } from '../../../../src/core/slots.ts';
import type { Call, Unit } from '../../../../src/core/types.ts';
import { toPublicUnits, unitsOf } from '../../../../src/core/units.ts';
import { anyCall } from '../../../helpers/anycall.ts';
import { cutsOf } from '../../../helpers/levelgames.ts';

const made = LEVELS.filter((level) => ['message', 'document', ...segmenters.map((segmenter) => segmenter.level)].includes(level));
const anyLevels = fc.subarray([...made], { minLength: 2 });

/** The fronts of a job that opens units by chance, level by level. */
function frontsOf(call: Call, levels: Level[], seed: number, freeze = false): Front[] {
  const rng = createRng(seed, 'open');
  const [first, ...finer] = cutsOf(...levels) as [Cut, ...Cut[]];
  const fronts = [firstFront(rootsOf(call, first))];
  for (const cut of finer) {
    const front = fronts.at(-1) as Front;
    const openings = front.leaves.map((leaf) => [leaf, partsOf(leaf, cut)] as const).filter(([, parts]) => parts.length > 1 && rng() < 0.6);
    if (openings.length > 0) fronts.push(openedFront(front, new Map(openings), freeze));
  }
  return fronts;
}

describe('the units of a front', () => {
  it('cover the input in its order, each before its parts, which make it up', () => {
    fc.assert(
      fc.property(anyCall, anyLevels, fc.nat(), (call, levels, seed) => {
        for (const front of frontsOf(call, levels, seed)) {
          const { units, leaves, opened } = layOut(front);
          expect(units.map((unit) => unit.index)).toEqual([...units.keys()]);
          const parents = new Set(units.map((unit) => unit.parent));
          const last = units.filter((unit) => !parents.has(unit.index));
          const slots = holdersOf(call).flatMap((holder) => holder.slots);
          const texts = front.branches.flatMap(({ solid }) => solid);
          expect(slots.map((slot) => texts.filter((unit) => unit.at === slot.at).map((unit) => unit.text).join(''))).toEqual(slots.map((slot) => slot.text));
          expect(front.branches.map(({ solid }) => solid.map((unit) => unit.text).join(''))).toEqual(last.map((unit) => unit.text));
          expect([...leaves]).toEqual(last.filter((unit) => !unit.fixed).map((unit) => unit.index));
          for (const { index, parts } of opened) {
            expect(parts.map((part) => units[part]?.text).join('')).toBe(units[index]?.text);
            expect(parts.every((part) => part > index && units[part]?.parent === index)).toBe(true);
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  it('of one level are those that the segmenter of that level makes', () => {
    fc.assert(
      fc.property(anyCall, (call) => {
        const options = sentence.options.parse({});
        const [cut] = cutsOf('sentence', 'word') as [Cut, Cut];
        const single = unitsOf(call, (text) => sentence.segment(text, options), 'sentence');
        expect(layOut(firstFront(rootsOf(call, cut))).units).toEqual(single);
      }),
      { numRuns: 100 },
    );
  });

  it('have code points for offsets, those of opened ones too', () => {
    const call = { prompt: '😀 a. 👍🏽 b.\n\né c. 😀 d.' };
    const front = frontsOf(call, ['document', 'paragraph', 'sentence'], 4).at(-1) as Front;
    const points = Array.from(call.prompt);
    for (const unit of toPublicUnits(layOut(front).units)) expect(points.slice(unit.start, unit.end).join('')).toBe(unit.text);
  });

  it('leave whole, fixed and blank texts and tools as they are', () => {
    const call = {
      messages: [{ role: 'user', content: [{ type: 'text', text: 'A. B.', explain: 'whole' }, { type: 'text', text: 'C. D.', explain: 'fixed' }, { type: 'text', text: ' \n' }, { type: 'text', text: 'E. F.' }] }],
      tools: [{ type: 'function', function: { name: 'f' }, explain: 'whole' }],
    };
    const front = firstFront(rootsOf(call, cutsOf('document', 'sentence')[0] as Cut));
    expect(front.branches.map(({ unit, splits }) => [unit.text.slice(0, 5), unit.level, unit.fixed, splits])).toEqual([
      ['A. B.', 'part', false, false],
      ['C. D.', 'part', true, false],
      [' \n', 'part', true, false],
      ['E. F.', 'document', false, true],
      ['{"typ', 'tool', false, false],
    ]);
  });

  it('come in the order of the input where a message has texts on both sides of another', () => {
    const call = { messages: [{ role: 'user', content: [{ type: 'text', text: 'A. B.' }, { type: 'text', text: 'Q?', explain: 'fixed' }, { type: 'text', text: 'C. D.', label: 'x' }] }] };
    const [message, , word] = cutsOf('message', 'sentence', 'word') as [Cut, Cut, Cut];
    const front = firstFront(rootsOf(call, message));
    expect(front.branches.map(({ unit }) => [unit.at, unit.text, unit.label])).toEqual([['messages[0]', 'A. B.C. D.', 'x'], ['messages[0].content[1]', 'Q?', null]]);
    const group = front.leaves[0];
    if (!group) throw new Error('no message');
    const opened = openedFront(front, new Map([[group, partsOf(group, word)]]), false);
    expect(opened.branches.map(({ unit }) => unit.text)).toEqual(['A. ', 'B.', 'Q?', 'C. ', 'D.']);
    expect(inOrder(opened.branches.toReversed())).toEqual(opened.branches);
  });
});

describe('masks of a front', () => {
  it('carried to a finer one and back are the same, frozen units always present', () => {
    fc.assert(
      fc.property(anyCall, anyLevels, fc.nat(), (call, levels, seed) => {
        const fronts = frontsOf(call, levels, seed, true);
        const rng = createRng(seed, 'mask');
        const [coarse, fine] = [fronts[0] as Front, fronts.at(-1) as Front];
        const mask = full(coarse.leaves.length).map(() => (rng() < 0.5 ? 1 : 0));
        const carried = carrier(coarse, fine)(mask);
        expect(carried).toHaveLength(fine.leaves.length);
        expect(gatherer(coarse, fine)(carried)).toEqual(mask);
        const own = full(fine.players.length).map(() => (rng() < 0.5 ? 1 : 0));
        const whole = lifted(fine, own);
        expect(lowered(fine, whole)).toEqual(own);
        const frozen = fine.leaves.findIndex((_, position) => !fine.players.includes(position));
        if (frozen >= 0) expect(lowered(fine, whole.with(frozen, 0))).toBeNull();
      }),
      { numRuns: 150 },
    );
  });

  it('that take part of a unit away have no form at the coarser level', () => {
    const fronts = frontsOf({ prompt: 'A. B.\n\nC. D.' }, ['document', 'sentence'], 4);
    const gather = gatherer(fronts[0] as Front, fronts[1] as Front);
    expect(gather(Uint8Array.of(1, 0, 1, 1))).toBeNull();
    expect(gather(Uint8Array.of(0, 0, 0, 0))).toEqual(Uint8Array.of(0));
  });
});

describe('rendering a front', () => {
  const anyPerturber = fc.constantFrom(...perturbers);

  it('says the same call at every level, whatever stands where a unit is absent', () => {
    fc.assert(
      fc.property(anyCall, anyLevels, anyPerturber, fc.nat(), fc.boolean(), (call, levels, perturber, seed, fillEmpty) => {
        const perturb = (units: readonly Unit[]) => perturbationOf(perturber, units, perturber.options.parse({}));
        const fronts = frontsOf(call, levels, seed);
        const rng = createRng(seed, 'mask');
        const [coarse, fine] = [fronts[0] as Front, fronts.at(-1) as Front];
        const [before, after] = [frontRenderer(call, coarse, perturb), frontRenderer(call, fine, perturb)];
        expect(after.n).toBe(fine.leaves.length);
        expect([...after.perturbable]).toEqual([...layOut(fine).leaves]);
        expect(after.render(full(after.n))).toEqual(bareCall(call));
        for (let turn = 0; turn < 4; turn += 1) {
          const mask = full(before.n).map(() => (rng() < 0.4 ? 1 : 0));
          const carried = carrier(coarse, fine)(mask);
          expect(after.render(carried, { fillEmpty })).toEqual(before.render(mask, { fillEmpty }));
          expect(after.hasEmptied(carried)).toBe(before.hasEmptied(mask));
        }
      }),
      { numRuns: 150 },
    );
  });

  it('of one level is what the plain renderer makes of it', () => {
    fc.assert(
      fc.property(anyCall, anyPerturber, fc.nat(), (call, perturber, seed) => {
        const perturb = (units: readonly Unit[]) => perturbationOf(perturber, units, perturber.options.parse({}));
        const front = firstFront(rootsOf(call, cutsOf('word', 'word')[0] as Cut));
        const { units } = layOut(front);
        const plain = createRenderer(call, units, perturb(units));
        const own = frontRenderer(call, front, perturb);
        const rng = createRng(seed, 'mask');
        const mask = full(plain.n).map(() => (rng() < 0.5 ? 1 : 0));
        expect(own.render(mask)).toEqual(plain.render(mask));
        expect(() => own.render(full(plain.n + 1))).toThrow(RangeError);
      }),
      { numRuns: 60 },
    );
  });

  it('serves more sets of units that stand whole than it keeps', () => {
    const call = { prompt: Array.from({ length: 8 }, (_, at) => `A${at}. B${at}.`).join('\n\n') };
    const perturb = (units: readonly Unit[]) => perturbationOf(perturbers[1] as (typeof perturbers)[number], units, perturbers[1]?.options.parse({}));
    const [coarse, fine] = cutsOf('paragraph', 'sentence') as [Cut, Cut];
    const front = firstFront(rootsOf(call, coarse));
    const opened = openedFront(front, new Map(front.leaves.map((leaf) => [leaf, partsOf(leaf, fine)])), false);
    const [before, after] = [frontRenderer(call, front, perturb), frontRenderer(call, opened, perturb)];
    for (let turn = 0; turn < 2; turn += 1) {
      for (let code = 0; code < 256; code += 1) {
        const mask = Uint8Array.from({ length: 8 }, (_, at) => (code >> at) & 1);
        expect(after.render(carrier(front, opened)(mask))).toEqual(before.render(mask));
      }
    }
  });
});

describe('levels', () => {
  it('are cut by the segmenter that was asked for, where it makes them', () => {
    const options = sentence.options.parse({ abbreviations: ['Abb.'] });
    const cut = cutsFor(['paragraph', 'sentence'], { segmenter: sentence, options })[1] as Cut;
    expect(cut.segment?.('See Abb. Nine. Then.')).toHaveLength(2);
    const other = cutsFor(['paragraph', 'sentence'], { segmenter: line, options: {} })[1] as Cut;
    expect(other.segment?.('See it.\nThen. Go.')).toHaveLength(3);
  });

  it.each(LEVELS)('%s is cut by the call or by a segmenter, or refused by its place', (level) => {
    const cut = () => cutsFor([level], { segmenter: line, options: {} });
    if (made.includes(level)) expect(cut()[0]?.level).toBe(level);
    else expect(cut).toThrow(expect.objectContaining({ code: 'validation_failed', faults: [expect.objectContaining({ pointer: '/method/options/levels/0' })] }));
  });
});
