import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { segmenters } from '../../../src/core/segmenters/index.ts';
import { word } from '../../../src/core/segmenters/word.ts';
import { holdersOf } from '../../../src/core/slots.ts';
import type { Call, Unit } from '../../../src/core/types.ts';
import { toPublicUnits, unitsOf } from '../../../src/core/units.ts';
import { anyCall } from '../../helpers/anycall.ts';

const inWords = (call: Call): Unit[] => unitsOf(call, (text) => word.segment(text, { locale: 'en' }), 'word');

describe('unitsOf', () => {
  it('numbers the units of the whole input in its order', () => {
    const units = inWords({
      messages: [
        { role: 'system', content: 'Be brief.', explain: 'fixed' },
        { role: 'user', content: [{ type: 'text', text: 'Two words', label: 'q' }, { type: 'image_url', explain: 'whole' }] },
      ],
      tools: [{ type: 'function', function: { name: 'f' } }],
    });
    expect(units.map((unit) => [unit.index, unit.at, unit.text, unit.level, unit.fixed, unit.label])).toEqual([
      [0, 'messages[0].content', 'Be brief.', 'part', true, null],
      [1, 'messages[1].content[0]', 'Two ', 'word', false, 'q'],
      [2, 'messages[1].content[0]', 'words', 'word', false, 'q'],
      [3, 'messages[1].content[1]', '[image_url]', 'part', false, null],
      [4, 'tools[0]', '{"type":"function","function":{"name":"f"}}', 'tool', true, null],
    ]);
    expect(units.map((unit) => [unit.start, unit.end])).toEqual([[0, 9], [0, 4], [4, 9], [0, 11], [0, 43]]);
  });

  it('a blank text is fixed, unless the caller wants it', () => {
    const parts = [{ type: 'text', text: ' \n' }, { type: 'text', text: ' \n', explain: 'whole' }];
    expect(inWords({ prompt: parts }).map((unit) => unit.fixed)).toEqual([true, false]);
  });

  it('the units of a text, put together, are the text, in the order of the slots', () => {
    fc.assert(
      fc.property(anyCall, fc.constantFrom(...segmenters), (call, segmenter) => {
        const options = segmenter.options.parse({});
        const units = unitsOf(call, (text) => segmenter.segment(text, options), segmenter.level);
        const slots = holdersOf(call).flatMap((holder) => holder.slots);
        const texts = slots.map((slot) => units.filter((unit) => unit.at === slot.at).map((unit) => unit.text).join(''));
        expect(texts).toEqual(slots.map((slot) => slot.text));
        expect([...new Set(units.map((unit) => unit.at))]).toEqual(slots.map((slot) => slot.at));
        expect(units.map((unit) => unit.index)).toEqual([...units.keys()]);
      }),
      { numRuns: 300 },
    );
  });
});

describe('toPublicUnits', () => {
  it('counts code points inside each text', () => {
    const messages = ['😀 a 👨‍👩‍👧 é', 'b 😀'].map((content) => ({ role: 'user', content }));
    const units = toPublicUnits(inWords({ messages }));
    expect(units.map((unit) => [unit.text, unit.start, unit.end])).toEqual([
      ['😀 ', 0, 2],
      ['a ', 2, 4],
      ['👨‍👩‍👧 ', 4, 10],
      ['é', 10, 11],
      ['b ', 0, 2],
      ['😀', 2, 3],
    ]);
  });

  it('cuts the same texts out of the code points of the place', () => {
    fc.assert(
      fc.property(anyCall, (call) => {
        const units = inWords(call);
        const slots = holdersOf(call).flatMap((holder) => holder.slots);
        const places = new Map(slots.map((slot) => [slot.at, Array.from(slot.text)]));
        const cut = toPublicUnits(units).map((unit) => places.get(unit.at)?.slice(unit.start, unit.end).join(''));
        expect(cut).toEqual(units.map((unit) => unit.text));
      }),
      { numRuns: 300 },
    );
  });
});
