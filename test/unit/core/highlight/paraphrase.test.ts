import { describe, expect, it } from 'vitest';
import { isParaphrase, paraphrase } from '../../../../src/core/highlight/paraphrase.ts';
import { highlightShape } from '../../../../src/core/highlight/spec.ts';

describe('paraphrases', () => {
  it.each([
    ['Tell me how.', 'Say to me how.', true],
    ['Tell me how.', 'Tell me how, please.', true],
    ['Tell me how.', ' tell ME how!', false],
    ['Tell me how.', 'Tell\n me   how', false],
    ['Straße', 'STRASSE', false],
    ['Caf\u00e9', 'Cafe\u0301', false],
    ['Tell me how.', '', false],
    ['Tell me how.', ' … ', false],
    ['告诉我。', '请说给我听。', true],
  ])('of %j: %j is one: %j', (from, to, is) => {
    expect(isParaphrase(from, to)).toBe(is);
  });

  it('take a unit whole, but for the whitespace around it', () => {
    const given = paraphrase.options.parse({});
    expect(paraphrase.stretches?.(' Tell me,\nnow.  \n', given)).toEqual([{ start: 1, end: 14 }]);
    expect(paraphrase.stretches?.('\n– \n', given)).toEqual([]);
  });

  it('are asked of nobody unless somebody is named, and of the endpoint of the job where no other is', () => {
    expect(highlightShape.paraphrase.parse(undefined)).toBeNull();
    expect(paraphrase.asks?.(paraphrase.options.parse({}))).toEqual({ kind: 'paraphrase', endpoint: null, model: null, proposals: 4, together: 8, temperature: 0, instructions: '' });
  });
});
