import { expect, it } from 'vitest';
import { chooseScorer } from '../../../../src/core/scorers/auto.ts';
import { scorerById, scorerIds } from '../../../../src/core/scorers/index.ts';

it('weighs where it can, and compares answers where it cannot', () => {
  expect([
    chooseScorer(new Set(['likelihood', 'text'])),
    chooseScorer(new Set(['likelihood'])),
    chooseScorer(new Set(['text'])),
  ]).toEqual(['log-likelihood', 'log-likelihood', 'chrf']);
});

it('is a choice of the registry, not one of its scorers', () => {
  expect(scorerIds).toEqual(['auto', 'log-likelihood', 'chrf', 'rouge-l', 'token-f1', 'bleu', 'exact']);
  expect(() => scorerById('auto')).toThrow('no scorer is named "auto"');
  expect(scorerById('chrf').needs).toBe('text');
});
