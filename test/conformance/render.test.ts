import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { perturbationOf } from '../../src/core/perturbation.ts';
import { perturbers } from '../../src/core/perturbers/index.ts';
import { type Renderer, createRenderer } from '../../src/core/render.ts';
import { segmenters } from '../../src/core/segmenters/index.ts';
import { holdersOf } from '../../src/core/slots.ts';
import type { Call, Mask, Unit } from '../../src/core/types.ts';
import { unitsOf } from '../../src/core/units.ts';
import { anyCall, callsOf } from '../helpers/anycall.ts';
import { type Fields, faultsOf, isFields, list, textsOf, withoutAnnotations } from '../helpers/callrules.ts';

interface Scene {
  call: Call;
  units: Unit[];
  renderer: Renderer;
  mask: Mask;
}

/** Repeated over the units; all present and all absent are among them. */
const anyBits = fc.array(fc.nat(1), { minLength: 1, maxLength: 40 });

/** Any call, cut by any segmenter, perturbed by any perturber, under any mask. */
const anyScene = (perturber: (typeof perturbers)[number], given: object, calls = anyCall): fc.Arbitrary<Scene> =>
  fc.tuple(calls, fc.constantFrom(...segmenters), anyBits).map(([call, segmenter, bits]) => {
    const options = segmenter.options.parse({});
    const units = unitsOf(call, (text) => segmenter.segment(text, options), segmenter.level);
    const renderer = createRenderer(call, units, perturbationOf(perturber, units, perturber.options.parse(given)));
    const mask = Uint8Array.from({ length: renderer.n }, (_, i) => bits[i % bits.length] ?? 0);
    return { call, units, renderer, mask };
  });

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(frozen);
  return value;
}

const SETTINGS: Readonly<Record<string, readonly object[]>> = {
  drop: [{}, { repair: false }],
  placeholder: [{}, { text: '' }, { collapse: true, keep_whitespace: false }],
};

const cases = perturbers.flatMap((perturber) =>
  (SETTINGS[perturber.id] ?? [{}]).map((given) => [perturber.id, given, perturber] as const),
);

describe.each(cases)('under %s with %j', (_, given, perturber) => {
  const scene = anyScene(perturber, given);

  it.each(Object.entries(callsOf))('%s, all present: the caller\'s call, byte for byte, without annotations', (_shape, calls) => {
    fc.assert(
      fc.property(anyScene(perturber, given, calls), ({ call, renderer }) => {
        const rendered = renderer.render(new Uint8Array(renderer.n).fill(1));
        expect(JSON.stringify(rendered)).toBe(JSON.stringify(withoutAnnotations(call)));
      }),
      { numRuns: 150 },
    );
  });

  it.each(Object.entries(callsOf))('%s: every mask gives a call that the protocol takes', (_shape, calls) => {
    fc.assert(
      fc.property(anyScene(perturber, given, calls), ({ call, renderer, mask }) => {
        expect(faultsOf(call, renderer.render(mask))).toEqual([]);
        expect(faultsOf(call, renderer.render(mask, { fillEmpty: true }))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('changes neither the call nor an earlier render', () => {
    fc.assert(
      fc.property(scene, ({ call, renderer, mask }) => {
        frozen(call);
        const full = new Uint8Array(renderer.n).fill(1);
        const first = frozen(renderer.render(mask));
        const text = JSON.stringify(first);
        renderer.render(full);
        expect(JSON.stringify(renderer.render(mask))).toBe(text);
        expect(JSON.stringify(first)).toBe(text);
      }),
      { numRuns: 100 },
    );
  });

  it('says that something was emptied exactly when filling makes a difference', () => {
    fc.assert(
      fc.property(scene, ({ renderer, mask }) => {
        const filled = JSON.stringify(renderer.render(mask, { fillEmpty: true }));
        expect(renderer.hasEmptied(mask)).toBe(filled !== JSON.stringify(renderer.render(mask)));
      }),
      { numRuns: 200 },
    );
  });
});

const PICTURE = /^\[(image_url|input_image|input_file)\]$/;

/** The texts that are left of each place when exactly the absent units are cut out. */
function cutByHand({ call, units, mask, renderer }: Scene): string[] {
  const present = new Set([...renderer.perturbable].filter((_, position) => mask[position] === 1));
  const stays = (unit: Unit): boolean => unit.fixed || present.has(unit.index);
  const left = (at: string): string => units.filter((unit) => unit.at === at && stays(unit)).map((unit) => unit.text).join('');
  const texts = holdersOf(call)
    .filter((holder) => holder.kind !== 'tools' && holder.kind !== 'item')
    .flatMap((holder) => {
      const slots = holder.slots.filter((slot) => !PICTURE.test(slot.text)).map((slot) => left(slot.at));
      return holder.kind === 'joined' ? [slots.join('')] : slots;
    });
  return texts.filter((text) => text !== '');
}

/** All texts of a rendered call in the order of the input. */
function textsIn(rendered: Call): string[] {
  const { instructions, prompt, messages, input } = rendered as Fields;
  const entries = [...list(messages), ...list(input)].filter(isFields);
  const inEntries = entries.flatMap((entry) => [entry['content'], entry['output']]);
  const places = [instructions, prompt, typeof input === 'string' ? input : null, ...inEntries];
  return places.flatMap(textsOf).filter((text) => text !== '');
}

const drop = perturbers.find((perturber) => perturber.id === 'drop') ?? perturbers[0];

describe('taking units away', () => {
  if (!drop) throw new Error('there is no drop');
  // a whole message is several texts of the call and one unit; the first law would have to know its parts
  const isWhole = (unit: Unit): boolean => unit.level === 'message' && /^(messages|input)\[\d+\]$/.test(unit.at);
  const apart = ({ units }: Scene): boolean => !units.some(isWhole);

  it('without repair cuts out exactly the units', () => {
    fc.assert(
      fc.property(anyScene(drop, { repair: false }).filter(apart), (scene) => {
        expect(textsIn(scene.renderer.render(scene.mask))).toEqual(cutByHand(scene));
      }),
      { numRuns: 400 },
    );
  });

  it('with repair differs from that by whitespace alone', () => {
    const solid = (texts: string[]): string[] => texts.map((text) => text.replaceAll(/\s/g, '')).filter((text) => text !== '');
    fc.assert(
      fc.property(anyScene(drop, {}).filter(apart), (scene) => {
        expect(solid(textsIn(scene.renderer.render(scene.mask)))).toEqual(solid(cutByHand(scene)));
      }),
      { numRuns: 400 },
    );
  });

  it('with repair a text ends as it ended, and begins with no line end that it did not begin with', () => {
    const edges = (text: string): [string, boolean] => [/\s*$/.exec(text)?.[0] ?? '', /^\s*[\n\r]/.test(text)];
    fc.assert(
      fc.property(anyScene(drop, {}), ({ renderer, mask }) => {
        const { prompt } = renderer.render(mask);
        const whole = renderer.render(new Uint8Array(renderer.n).fill(1))['prompt'];
        fc.pre(typeof prompt === 'string' && typeof whole === 'string' && prompt.trim() !== '');
        const [end, begins] = edges(prompt);
        const [ownEnd, ownBegins] = edges(whole);
        expect([end, begins && !ownBegins]).toEqual([ownEnd, false]);
      }),
      { numRuns: 400 },
    );
  });
});
