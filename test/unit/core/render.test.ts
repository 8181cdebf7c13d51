import { describe, expect, it } from 'vitest';
import type { Perturbation } from '../../../src/core/perturbation.ts';
import { type Renderer, createRenderer } from '../../../src/core/render.ts';
import { line } from '../../../src/core/segmenters/line.ts';
import { markdown } from '../../../src/core/segmenters/markdown.ts';
import { sentence } from '../../../src/core/segmenters/sentence.ts';
import { word } from '../../../src/core/segmenters/word.ts';
import type { Call, Segmenter } from '../../../src/core/types.ts';
import { unitsOf } from '../../../src/core/units.ts';

/** `text` stands for every absent unit. */
type Given = Partial<Perturbation> & { text?: string };

function rendererOf<O>(call: Call, segmenter: Segmenter<O>, given: Given = {}): Renderer {
  const options = segmenter.options.parse({});
  const units = unitsOf(call, (text) => segmenter.segment(text, options), segmenter.level);
  const { text = '', ...rest } = given;
  return createRenderer(call, units, { replacements: units.map(() => text), repair: true, emptyForm: '(none)', ...rest });
}

const mask = (...bits: number[]): Uint8Array => Uint8Array.from(bits);

/** The text that is left of a prompt when the units at some positions go. */
function without<O>(text: string, dropped: number[], segmenter: Segmenter<O>, given: Given = {}): unknown {
  const renderer = rendererOf({ prompt: text }, segmenter, given);
  return renderer.render(Uint8Array.from({ length: renderer.n }, (_, i) => (dropped.includes(i) ? 0 : 1)))['prompt'];
}

describe('whitespace', () => {
  const text = 'A one. B two. C three.\nWhat?';

  it('keeps the strongest separator where units went', () => {
    expect(without(text, [2], sentence)).toBe('A one. B two.\nWhat?');
    expect(without(text, [1, 2], sentence)).toBe('A one.\nWhat?');
    expect(without(text, [1], sentence)).toBe('A one. C three.\nWhat?');
    expect(without('Aa.\n\nBb.\nCc. Dd.', [1, 2], sentence)).toBe('Aa.\n\nDd.');
  });

  it('ends with the whitespace that the text ended with', () => {
    expect(without(text, [3], sentence)).toBe('A one. B two. C three.');
    expect(without('A one. B two.\n', [1], sentence)).toBe('A one.\n');
    expect(without('A one.\n\nB two.', [1], sentence)).toBe('A one.');
  });

  it('begins with no separator that was not there, and with those that were', () => {
    expect(without(text, [0], sentence)).toBe('B two. C three.\nWhat?');
    expect(without('\n\nAa. Bb.', [0], sentence)).toBe('\n\nBb.');
    expect(without(' Aa. Bb.', [0], sentence)).toBe(' Bb.');
    expect(without('\n  Aa.\nBb.', [0], sentence)).toBe('\nBb.');
  });

  it('leaves nothing of a text that lost everything', () => {
    expect(without('  Aa. Bb.\n', [0, 1], sentence)).toBe('');
  });

  it('keeps lists and indentation in order', () => {
    expect(without('Intro:\n- a\n  - b\n  - c\n- d\n\nEnd.', [1, 2, 3], markdown)).toBe('Intro:\n- d\n\nEnd.');
    expect(without('- a\n- b\n\nEnd.', [1], markdown)).toBe('- a\n\nEnd.');
    expect(without('def f():\n    a\n        b\n    c\n', [2], line)).toBe('def f():\n    a\n    c\n');
    expect(without('    a\n  b\n', [0], line)).toBe('  b\n');
  });

  it('adds no space to scripts that have none', () => {
    expect(without('你好。今天。再见。', [1], sentence)).toBe('你好。再见。');
  });

  it('keeps words apart that only the dropped text kept apart', () => {
    const prompt = [{ text: 'intro' }, { text: '\n\nDoc' }, { text: 'Answer' }];
    expect(rendererOf({ prompt }, word).render(mask(1, 0, 1))['prompt']).toBe('intro\n\nAnswer');
  });

  it('a part that begins with its separator loses it at the start', () => {
    const promptOf = (part: string) => [{ text: 'intro' }, { text: part }];
    const alone = (part: string) => rendererOf({ prompt: promptOf(part) }, word).render(mask(0, 1))['prompt'];
    expect(['\n\nDoc', ' Doc', '\n  Doc'].map(alone)).toEqual(['Doc', 'Doc', '  Doc']);
  });

  it('mends across the parts of a prompt, which are one text', () => {
    const prompt = [{ text: 'A. ' }, { text: 'B.\n' }, { text: 'C?' }];
    expect(rendererOf({ prompt }, sentence).render(mask(1, 0, 1))['prompt']).toBe('A.\nC?');
  });

  it('takes blank parts for the separators that they are', () => {
    const prompt = ['Aa.', '\n\n', 'Bb.', '\n\n', 'Cc?', '\n'].map((part) => ({ text: part }));
    const renderer = rendererOf({ prompt }, sentence);
    const left = [[1, 0, 1], [0, 1, 1], [1, 1, 0], [0, 0, 1], [0, 0, 0]].map((bits) => renderer.render(mask(...bits))['prompt']);
    expect(left).toEqual(['Aa.\n\nCc?\n', 'Bb.\n\nCc?\n', 'Aa.\n\nBb.\n', 'Cc?\n', '']);
  });

  it('without repair removes exactly the units', () => {
    expect(without(text, [2], sentence, { repair: false })).toBe('A one. B two. What?');
    expect(without(text, [3], sentence, { repair: false })).toBe('A one. B two. C three.\n');
  });
});

describe('replacements', () => {
  it('stand where the unit stood, longer ones too', () => {
    expect(without('Aa. Bb. Cc.', [1], sentence, { repair: false, text: '[left out] ' })).toBe('Aa. [left out] Cc.');
  });

  it('become one where they are neighbours, on demand, with the strongest separator', () => {
    const given = { repair: false, collapse: true };
    const call = { prompt: 'Aa. Bb.\nCc. Dd. Ee.' };
    const units = unitsOf(call, (text) => sentence.segment(text, sentence.options.parse({})), 'sentence');
    const replacements = ['… ', '…\n', '… ', '… ', '…'];
    const renderer = createRenderer(call, units, { replacements, emptyForm: '.', ...given });
    expect(renderer.render(mask(1, 0, 0, 1, 0))['prompt']).toBe('Aa. …\nDd. …');
    const apart = createRenderer(call, units, { replacements, emptyForm: '.', repair: false });
    expect(apart.render(mask(1, 0, 0, 1, 0))['prompt']).toBe('Aa. …\n… Dd. …');
  });
});

describe('content parts', () => {
  const parts = [
    { type: 'text', text: 'Doc A.', explain: 'whole', label: 'a', cache_control: { type: 'ephemeral' } },
    { type: 'image_url', image_url: { url: 'u' }, explain: 'whole' },
    { type: 'text', text: 'One. Two.' },
    { type: 'text', text: '' },
  ];
  const call = { messages: [{ role: 'user', content: parts, explain: 'split', name: 'n' }] };
  const contentOf = (rendered: Call): unknown => (rendered['messages'] as { content: unknown }[])[0]?.content;

  it('keep what the caller gave them and lose their annotations', () => {
    const { render } = rendererOf(call, sentence);
    const sent = [
      { type: 'text', text: 'Doc A.', cache_control: { type: 'ephemeral' } },
      { type: 'image_url', image_url: { url: 'u' } },
      { type: 'text', text: 'One. Two.' },
      { type: 'text', text: '' },
    ];
    const rendered = JSON.stringify(render(mask(1, 1, 1, 1)));
    expect(rendered).toBe(JSON.stringify({ messages: [{ role: 'user', content: sent, name: 'n' }] }));
  });

  it('leave the list when they are gone, and only then', () => {
    const { render } = rendererOf(call, sentence);
    expect(contentOf(render(mask(0, 0, 1, 0)))).toEqual([{ type: 'text', text: 'One.' }, { type: 'text', text: '' }]);
    expect(contentOf(render(mask(0, 1, 0, 0)))).toMatchObject([{ type: 'image_url' }, { type: 'text', text: '' }]);
    expect(contentOf(render(mask(0, 0, 0, 0)))).toBe('');
  });

  it('a placeholder for a picture is a text part of the dialect', () => {
    const given = { text: '…', repair: false };
    const inChat = contentOf(rendererOf(call, sentence, given).render(mask(1, 0, 1, 1)));
    expect(inChat).toMatchObject([{ type: 'text', text: 'Doc A.' }, { type: 'text', text: '…' }, {}, {}]);
    const input = [{ role: 'user', content: [{ type: 'input_image', image_url: 'u', explain: 'whole' }] }];
    const content = [{ type: 'input_text', text: '…' }];
    expect(rendererOf({ input }, sentence, given).render(mask(0))).toEqual({ input: [{ role: 'user', content }] });
  });

  it('a whole message goes at once; a placeholder stands in its first text', () => {
    const content = [{ type: 'text', text: 'A' }, { type: 'text', text: 'B' }, { type: 'text', text: 'Q', explain: 'fixed' }];
    const whole = { messages: [{ role: 'user', explain: 'whole', content }] };
    const left = (given: Given) => contentOf(rendererOf(whole, sentence, given).render(mask(0)));
    expect(left({})).toEqual([{ type: 'text', text: 'Q' }]);
    expect(left({ text: '…' })).toEqual([{ type: 'text', text: '…' }, { type: 'text', text: 'Q' }]);
  });
});

describe('what the protocol needs', () => {
  const call = {
    messages: [
      { role: 'system', content: 'Rules.' },
      { role: 'assistant', content: null, tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }] },
      { role: 'tool', tool_call_id: 'c', content: 'Result.' },
    ],
  };

  it('messages stay and lose their text; the empty form stands in where it must', () => {
    const renderer = rendererOf(call, sentence);
    const [system, assistant, tool] = call.messages;
    expect(renderer.render(mask(0, 0))).toEqual({ messages: [{ ...system, content: '' }, assistant, { ...tool, content: '' }] });
    const filled = { messages: [system, assistant, { ...tool, content: '(none)' }] };
    expect(renderer.render(mask(1, 0), { fillEmpty: true })).toEqual(filled);
    expect([mask(1, 1), mask(1, 0), mask(0, 0)].map((m) => renderer.hasEmptied(m))).toEqual([false, true, true]);
  });

  it('what only whitespace is left of counts as empty; a picture does not', () => {
    const blank = rendererOf({ prompt: [{ text: 'A' }, { text: ' \n' }] }, word);
    expect([blank.hasEmptied(mask(0)), blank.render(mask(0), { fillEmpty: true })]).toEqual([true, { prompt: '(none)' }]);
    const content = [{ type: 'text', text: 'A' }, { type: 'image_url' }];
    const pictured = rendererOf({ messages: [{ role: 'user', content }] }, word);
    expect(pictured.hasEmptied(mask(0))).toBe(false);
    expect(rendererOf({ prompt: 'A' }, word, { text: '…' }).hasEmptied(mask(0))).toBe(false);
  });

  it('a call with nothing to take is rendered as it is', () => {
    const fixed = { prompt: [{ text: 'A ', explain: 'fixed' }, { text: 'B', explain: 'fixed' }], model: 'm' };
    const renderer = rendererOf(fixed, word);
    expect(renderer.n).toBe(0);
    expect(JSON.stringify(renderer.render(mask()))).toBe('{"prompt":"A B","model":"m"}');
  });

  it('refuses a mask of another length', () => {
    const renderer = rendererOf(call, sentence);
    expect(() => renderer.render(mask(1))).toThrow(RangeError);
    expect(() => renderer.hasEmptied(mask(1, 1, 1))).toThrow(RangeError);
  });

  it('shares what it does not change, and never the caller\'s objects that it does', () => {
    const renderer = rendererOf(call, sentence);
    const rendered = renderer.render(mask(1, 0))['messages'] as unknown[];
    expect(rendered[1]).toBe(call.messages[1]);
    expect(rendered[2]).not.toBe(call.messages[2]);
    expect(call.messages[2]?.content).toBe('Result.');
  });
});
