import { describe, expect, it } from 'vitest';
import { perturbationOf } from '../../../../src/core/perturbation.ts';
import { placeholder } from '../../../../src/core/perturbers/placeholder.ts';
import { createRenderer } from '../../../../src/core/render.ts';
import { sentence } from '../../../../src/core/segmenters/sentence.ts';
import type { Call } from '../../../../src/core/types.ts';
import { unitsOf } from '../../../../src/core/units.ts';

function rendered(call: Call, given: object, mask: number[]): unknown {
  const units = unitsOf(call, (text) => sentence.segment(text, sentence.options.parse({})), 'sentence');
  const renderer = createRenderer(call, units, perturbationOf(placeholder, units, placeholder.options.parse(given)));
  return renderer.render(Uint8Array.from(mask))['prompt'];
}

const call = { prompt: ' One here. Two.\nThree. Four.\n' };

it('stands where the unit stood and keeps its whitespace', () => {
  expect(rendered(call, {}, [0, 1, 0, 1])).toBe(' ... Two.\n... Four.\n');
  const text = '[a rather long placeholder]';
  expect(rendered(call, { text }, [1, 0, 1, 0])).toBe(` One here. ${text}\nThree. ${text}\n`);
});

it('replaces the unit with its whitespace on demand', () => {
  expect(rendered(call, { text: '_', keep_whitespace: false }, [0, 0, 1, 0])).toBe('__Three. _');
});

it('becomes one for neighbours on demand', () => {
  expect(rendered(call, { collapse: true }, [1, 0, 0, 1])).toBe(' One here. ...\nFour.\n');
  expect(rendered(call, { collapse: true }, [0, 0, 0, 0])).toBe(' ...\n');
  expect(rendered(call, { collapse: true, keep_whitespace: false }, [1, 0, 0, 1])).toBe(' One here. ...Four.\n');
});

describe('an empty placeholder', () => {
  it('takes the unit away and mends', () => {
    expect(rendered(call, { text: '' }, [1, 0, 0, 1])).toBe(' One here.\nFour.\n');
  });

  it('or takes exactly the unit', () => {
    expect(rendered(call, { text: '', keep_whitespace: false }, [1, 0, 0, 1])).toBe(' One here. Four.\n');
  });
});

it('keeps a blank unit behind its placeholder', () => {
  const prompt = [{ text: 'A' }, { text: '\n\n', explain: 'whole' }, { text: 'B' }];
  expect(rendered({ prompt }, {}, [1, 0, 1])).toBe('A...\n\nB');
});
