import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEditor } from '../../src/core/edits/editor.ts';
import { groupsOf } from '../../src/core/edits/groups.ts';
import { placesOf } from '../../src/core/edits/places.ts';
import { infillerById, infillers } from '../../src/core/infillers/index.ts';
import type { Draft } from '../../src/core/types.ts';
import { segmenters } from '../../src/core/segmenters/index.ts';
import { unitsOf } from '../../src/core/units.ts';
import { anyCall } from '../helpers/anycall.ts';
import { withoutAnnotations } from '../helpers/callrules.ts';

/*
 * Everything that edits words of a call keeps all else as it is, byte for byte.
 */

const docs = readFileSync(new URL('../../docs/parts.md', import.meta.url), 'utf8');

/** Everything of a call but what its texts say. */
function skeleton(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map((each) => skeleton(each, key));
  // what points into a text is left out where the text is another
  const kept = ([name]: [string, unknown]): boolean => name !== 'annotations' && name !== 'logprobs';
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).filter(kept).map(([name, each]) => [name, skeleton(each, name)]));
  const isText = ['text', 'refusal', 'content', 'prompt', 'instructions', 'input', 'output'].includes(key) && typeof value === 'string';
  return isText ? (value === '' ? '' : 'text') : value;
}

const anyTo = fc.constantFrom('', '', 'x', 'other words', '3.5 é😀');

describe.each(infillers.map((infiller) => [infiller.id, infiller] as const))('%s', (id, infiller) => {
  it('has a default for every option, refuses one that it does not know, and says where words come from', () => {
    expect(infiller.options.safeParse({}).success).toBe(true);
    expect(infiller.options.safeParse({ no_such_option: 1 }).success).toBe(false);
    expect(infillerById(id)).toBe(infiller);
    expect((infiller.proposals === undefined) !== (infiller.asks === undefined)).toBe(true);
    expect(infiller.title.length).toBeGreaterThan(10);
    expect(docs).toMatch(new RegExp(`^\\| \`${id}\` \\|`, 'm'));
    expect(existsSync(new URL(`../unit/core/infillers/${id}.test.ts`, import.meta.url))).toBe(true);
  });

  it('edits words of units that are not fixed, and nothing else', () => {
    const words = { words: { One: ['x'], a: ['b'], 'two. three': ['y'], é: ['e'] } };
    const options = infiller.options.parse(id === 'swap' ? words : {});
    let edited = 0;
    fc.assert(
      fc.property(anyCall, fc.constantFrom(...segmenters), fc.integer({ min: 1, max: 4 }), fc.boolean(), fc.array(fc.option(anyTo, { nil: null }), { minLength: 1, maxLength: 30 }), (call, segmenter, splitK, punctuated, tos) => {
        const units = unitsOf(call, (text) => segmenter.segment(text, segmenter.options.parse({})), segmenter.level);
        const groups = groupsOf(call, units, splitK, infiller, options, punctuated);
        const editor = createEditor(call, groups);
        const draft: Draft = groups.flatMap((_, group) => {
          const to = tos[group % tos.length] ?? null;
          return to === null ? [] : [{ group, to }];
        });
        const replacements = editor.replacements(draft);
        const places = placesOf(call);
        for (const { unit: index, at, start, end, from } of replacements) {
          const unit = units[index];
          expect(unit?.fixed).toBe(false);
          expect(unit?.at).toBe(at);
          expect(editor.textAt(at).slice(start, end)).toBe(from);
          expect(from.trim()).not.toBe('');
        }
        // what is reported, applied to the call, is the call that is sent
        const texts = new Map([...places].map(([at, { slot }]) => [at, slot.text]));
        for (const [at, list] of Map.groupBy(replacements, (each) => each.at)) {
          let text = texts.get(at) ?? '';
          for (const { start, end, to } of list.toReversed()) text = text.slice(0, start) + to + text.slice(end);
          texts.set(at, text);
        }
        const rendered = editor.render(draft);
        // without annotations parts of a message come in another order
        const characters = (list: Iterable<string>): string => Array.from([...list].join('')).sort().join('');
        expect(characters([...placesOf(rendered).values()].map(({ slot }) => slot.text))).toBe(characters(texts.values()));
        if (draft.every(({ to }) => to !== '')) expect(skeleton(rendered)).toEqual(skeleton(withoutAnnotations(call)));
        if (draft.length === 0) expect(rendered).toEqual(withoutAnnotations(call));
        edited += draft.length;
      }),
      { numRuns: 200 },
    );
    expect(edited).toBeGreaterThan(50);
  });
});
