import { expect, it } from 'vitest';
import { flagsOf } from '../helpers/deaf-jobs.ts';

/* The unit tests hold the same of every method; here the noise comes over HTTP, through endpoint, scorer and plan. */
it('a model that ignores its prompt: at most one unit in twenty is flagged, whatever its log-probabilities or answers do', async () => {
  const sorts = await flagsOf(20);
  expect(sorts.map(({ method, scorer }) => `${method} ${scorer}`)).toEqual([
    'auto log-likelihood', 'lasso log-likelihood', 'auto chrf', 'lasso chrf',
  ]);
  for (const { units, jobs } of sorts) expect(units).toBeGreaterThan(9 * jobs);
  const units = sorts.reduce((sum, own) => sum + own.units, 0);
  const found = sorts.reduce((sum, own) => sum + own.found, 0);
  // Two standard errors of a share of 5 %, were a third of the units independent: those of a job share its noise.
  expect(found / units).toBeLessThan(0.05 + 2 * Math.sqrt((3 * 0.05 * 0.95) / units));
  // The noise is seen, or there would be nothing to keep from flagging.
  expect(found).toBeGreaterThan(0);
}, 240_000);
