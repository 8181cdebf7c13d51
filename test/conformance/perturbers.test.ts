import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { perturbationOf } from '../../src/core/perturbation.ts';
import { perturberById, perturbers } from '../../src/core/perturbers/index.ts';
import { createRenderer } from '../../src/core/render.ts';
import { word } from '../../src/core/segmenters/word.ts';
import type { Unit } from '../../src/core/types.ts';
import { unitsOf } from '../../src/core/units.ts';
import { isBlank } from '../../src/core/whitespace.ts';
import { ProblemError } from '../../src/errors.ts';
import { anyCall } from '../helpers/anycall.ts';
import { anyText } from '../helpers/anytext.ts';

const docs = readFileSync(new URL('../../docs/parts.md', import.meta.url), 'utf8');
const tests = new URL('../unit/core/perturbers/', import.meta.url);

const unitsIn = (text: string): Unit[] => unitsOf({ prompt: text }, (part) => word.segment(part, { locale: 'en' }), 'word');

/** Options other than the defaults that must keep the same promises. */
const SETTINGS: Readonly<Record<string, readonly object[]>> = {
  drop: [{ repair: false }],
  placeholder: [
    { text: '' },
    { text: 'a much longer placeholder' },
    { collapse: true },
    { keep_whitespace: false, collapse: true },
    { text: '', keep_whitespace: false },
  ],
};

const cases = perturbers.flatMap((perturber) =>
  [{}, ...(SETTINGS[perturber.id] ?? [])].map((options) => [perturber.id, options, perturber] as const),
);

describe.each(cases)('%s with %j', (id, given, perturber) => {
  const options = perturber.options.parse(given);

  it('gives one text per unit, the same every time, and changes no unit', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const units = unitsIn(text);
        const before = structuredClone(units);
        const replacements = perturber.replacements(units, options);
        expect(replacements).toHaveLength(units.length);
        expect(replacements.every((replacement) => typeof replacement === 'string')).toBe(true);
        expect(perturber.replacements(units, options)).toEqual(replacements);
        expect(units).toEqual(before);
      }),
    );
  });

  it('has an empty form that an endpoint will not refuse', () => {
    expect(isBlank(perturber.emptyForm(options))).toBe(false);
  });

  it('changes nothing of a call in which all is present', () => {
    fc.assert(
      fc.property(anyCall, (call) => {
        const units = unitsOf(call, (text) => word.segment(text, { locale: 'en' }), 'word');
        const renderer = createRenderer(call, units, perturbationOf(perturber, units, options));
        const bare = createRenderer(call, [], { replacements: [], repair: false, emptyForm: '.' }).render(new Uint8Array(0));
        expect(renderer.render(new Uint8Array(renderer.n).fill(1))).toEqual(bare);
      }),
    );
  });

  it(`is found by its id ${id}, has a row of docs, a test and options that need nothing`, () => {
    expect(perturberById(id)).toBe(perturber);
    expect(docs).toMatch(new RegExp(`^\\| \`${id}\` \\|`, 'm'));
    expect(existsSync(new URL(`${id}.test.ts`, tests))).toBe(true);
    expect(perturber.options.safeParse({}).success).toBe(true);
    expect(perturber.options.safeParse({ no_such_option: 1 }).success).toBe(false);
  });
});

it('refuses an id that nothing has', () => {
  expect(() => perturberById('nothing')).toThrow(ProblemError);
});
