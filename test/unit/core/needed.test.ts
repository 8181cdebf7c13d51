import { describe, expect, it } from 'vitest';
import { rootsOf } from '../../../src/core/levels/branches.ts';
import { needed } from '../../../src/core/needed.ts';
import { sentence } from '../../../src/core/segmenters/sentence.ts';
import type { Call } from '../../../src/core/types.ts';
import { unitsOf } from '../../../src/core/units.ts';

const object = { response_format: { type: 'json_object' } };
const segment = (text: string) => sentence.segment(text, sentence.options.parse({}));
const fixedOf = (call: Call): string[] => unitsOf(call, segment, 'sentence').filter(({ fixed }) => fixed).map(({ text }) => text.trim());
const chat = (content: unknown, more: object = object): Call => ({ messages: [{ role: 'user', content }], ...more });

describe('where an answer is to be a JSON object', () => {
  it('the last unit that says so stays, and no other', () => {
    expect(fixedOf(chat('Speak JSON. It rains. Be json-like. Bye.'))).toEqual(['Be json-like.']);
    expect(fixedOf(chat('It rains. Bye.'))).toEqual([]);
  });

  it('nothing stays where a fixed part says it, or where a schema asks for no word', () => {
    expect(fixedOf(chat([{ type: 'text', text: 'As JSON.', explain: 'fixed' }, { type: 'text', text: 'It rains. Speak JSON.' }]))).toEqual(['As JSON.']);
    for (const type of ['json_schema', 'text']) expect(fixedOf(chat('Speak JSON. It rains.', { response_format: { type } }))).toEqual([]);
    expect(fixedOf(chat('Speak JSON. It rains.', {}))).toEqual([]);
  });

  it('instructions of the Responses API do not count, nor do tools', () => {
    const call: Call = { instructions: 'Speak JSON. Be brief.', input: 'It rains. As Json. Bye.', tools: [{ type: 'function', name: 'to_json', explain: 'whole' }], text: { format: { type: 'json_object' } } };
    expect(fixedOf(call)).toEqual(['As Json.']);
  });

  it('the first of several levels keeps it whole', () => {
    const roots = rootsOf(chat('One. Two.\n\nSpeak JSON. Three.\n\nFour.'), { level: 'sentence', segment });
    expect(roots.filter(({ unit }) => unit.fixed).map(({ unit, splits, solid }) => [unit.text.trim(), splits, solid.every(({ fixed }) => fixed)])).toEqual([['Speak JSON.', false, true]]);
    expect(needed(chat('x'), [])).toBeNull();
  });
});
