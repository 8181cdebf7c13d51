import { expect, it } from 'vitest';
import { createSuspects } from '../../../src/worker/suspects.ts';

/** Work that ends when it is told to. */
function work() {
  const { promise, resolve } = Promise.withResolvers<string>();
  return { run: () => promise, end: () => resolve('done') };
}

it('of jobs that were lost twice one runs at a time, whatever becomes of it; others run beside it', async () => {
  const suspects = createSuspects();
  const first = work();
  const running = suspects.run(2, first.run);
  expect(await suspects.run(3, () => Promise.resolve('beside'))).toBeNull();
  expect(await suspects.run(1, () => Promise.resolve('beside'))).toBe('beside');
  expect(await suspects.run(0, () => Promise.resolve('beside'))).toBe('beside');
  first.end();
  expect(await running).toBe('done');
  await expect(suspects.run(2, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(await suspects.run(2, () => Promise.resolve('next'))).toBe('next');
});
