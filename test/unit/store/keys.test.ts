import { describe, expect, it } from 'vitest';
import { createKeys } from '../../../src/store/keys.ts';

describe('keys', () => {
  it('are all different and share one hash tag', () => {
    const keys = createKeys();
    const { prefix, queued, running, workers, ended, told, undelivered, signing, binding, gone, finding, pace, ...ofOne } = keys;
    const names = [queued, running, workers, ended, told, undelivered, signing, binding('ann', 'k'), gone('ann', 'k'), finding('ann', 'k'), pace('ann', 'k'), ...Object.values(ofOne).map((name) => name('exp_1'))];
    expect(prefix).toBe('{wherefore}');
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name.startsWith('{wherefore}:')).toBe(true);
  });

  it('have a prefix of the caller\'s', () => {
    expect(createKeys('{x}').job('exp_1')).toBe('{x}:job:exp_1');
  });

  it.each(['', 'x', '{x', 'x}', '{}', '{{x}}', '{x}y', 'y{x}'])('refuse the prefix %j', (prefix) => {
    expect(() => createKeys(prefix)).toThrow(expect.objectContaining({ code: 'validation_failed' }));
  });
});
