import { describe, expect, it } from 'vitest';
import { chooseScorer } from '../../../../src/core/scorers/auto.ts';
import { scorerById, scorerIds } from '../../../../src/core/scorers/index.ts';
import { resolveTargets } from '../../../../src/core/targets.ts';
import type { Need, TargetSpec } from '../../../../src/core/types.ts';
import { completionOf } from './helpers.ts';

function chosen(feeds: Need[], text = 'Vilnius.', opening = 20, specs: TargetSpec[] = [{ kind: 'completion' }]): string {
  const reference = completionOf(text);
  return chooseScorer(new Set(feeds), { reference, opening, targets: resolveTargets(specs, reference) });
}

it('weighs where it can, opens labels where it cannot, and compares answers else', () => {
  expect([
    chosen(['likelihood', 'opening', 'text']),
    chosen(['likelihood']),
    chosen(['opening', 'text']),
    chosen(['text']),
  ]).toEqual(['log-likelihood', 'log-likelihood', 'first-token', 'chrf']);
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
  expect(scorerIds.slice(0, 4)).toEqual(['auto', 'log-likelihood', 'contrast', 'first-token']);
  expect(() => scorerById('auto')).toThrow('no scorer is named "auto"');
  expect(scorerById('chrf').needs).toBe('text');
});
