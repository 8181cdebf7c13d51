import { describe, expect, it } from 'vitest';
import { chooseScorer } from '../../../../src/core/scorers/auto.ts';
import { scorerById, scorerIds, scorers } from '../../../../src/core/scorers/index.ts';
import { resolveTargets } from '../../../../src/core/targets.ts';
import type { Feed, TargetSpec } from '../../../../src/core/types.ts';
import { completionOf } from './helpers.ts';

function chosen(feeds: Feed[], text = 'Vilnius.', opening = 20, specs: TargetSpec[] = [{ kind: 'completion' }], exact = true): string {
  const reference = completionOf(text);
  return chooseScorer(new Set(feeds), { reference, opening, targets: resolveTargets(specs, reference), exact });
}

it('weighs where it can, opens labels where it cannot, and compares answers else', () => {
  expect([
    chosen(['likelihood', 'opening', 'text']),
    chosen(['likelihood']),
    chosen(['opening', 'text']),
    chosen(['text']),
  ]).toEqual(['log-likelihood', 'log-likelihood', 'first-token', 'chrf']);
});

it.each<[Feed[], string]>([
  [['likelihood', 'text', 'similarity', 'grade'], 'log-likelihood'],
  [['text', 'similarity', 'grade'], 'embedding'],
  [['text', 'grade', 'preference', 'entailment'], 'chrf'],
])('with %j it is %s', (feeds, id) => expect(chosen(feeds)).toBe(id));

it('follows short answers that are no labels where nothing is weighed to its end', () => {
  const followed = (text: string) => chosen(['likelihood', 'opening', 'text'], text, 20, [{ kind: 'completion' }], false);
  expect([followed('Vilnius.'), followed('It is based in Vilnius, by the river.'), followed('word '.repeat(25))]).toEqual(['first-token', 'log-likelihood', 'chrf']);
});

it('takes nothing that must fit before there is a completion', () => {
  expect(chooseScorer(new Set<Feed>(['opening', 'text']), null)).toBe('chrf');
});

describe('a label that its first token tells', () => {
  it.each(['Yes', ' Vilnius.', 'A', '東京', 'はい。', 'North Macedonia\n', 'Strongly agree, yes.', '42'])('is %j', (text) => {
    expect(chosen(['opening', 'text'], text)).toBe('first-token');
  });

  it.each(['A tortoise.', 'The cat', 'one two three four', 'Yes,\nbecause', 'これは長い答えです', 'I do not know'])('is not %j', (text) => {
    expect(chosen(['opening', 'text'], text)).toBe('chrf');
  });

  it('is none where few alternatives are shown, or a part of it is explained', () => {
    expect(chosen(['opening', 'text'], 'Yes', 4)).toBe('chrf');
    expect(chosen(['opening', 'text'], 'Yes', 20, [{ kind: 'span', start: 0, end: 2 }])).toBe('chrf');
  });
});

it('is a choice of the registry, not one of its scorers', () => {
  expect(scorerIds).toEqual(['auto', ...scorers.map(({ id }) => id)]);
  expect(new Set(scorerIds).size).toBe(scorers.length + 1);
  expect(() => scorerById('auto')).toThrow('no scorer is named "auto"');
  expect(scorerById('chrf').needs).toBe('text');
});
