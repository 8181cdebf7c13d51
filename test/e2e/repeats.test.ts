import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoJob } from '../../src/bin/demo-job.ts';
import { ended, type Explanation, explainAndWait, type Stack, startStack, topUnit } from '../helpers/stack.ts';

/*
 * The embedded model, sampled: the whole service in its own parts.
 */

let stack: Stack;

beforeAll(async () => {
  stack = await startStack({ workers: 0, concurrency: 1 });
});
afterAll(() => stack?.close());

const sampled = (repeats: number | null, more: object = {}) => ({
  ...demoJob,
  call: { ...demoJob.call, temperature: 1 },
  completion: 'A tortoise.',
  method: { id: 'leave-one-out' },
  scorer: { id: 'token-f1', options: { repeats } },
  ...more,
});

describe('the embedded model at temperature 1', () => {
  it('is explained from samples; a job that changes hands goes on with those it has', async () => {
    const first = await stack.addWorker();
    const posted = await stack.app.inject({ method: 'POST', url: '/v1/explanations', payload: sampled(12) });
    expect(posted.statusCode).toBe(202);
    const { id } = posted.json<Explanation>();
    const done = async () => (await stack.app.inject(`/v1/explanations/${id}`)).json<Explanation>().progress?.done ?? 0;
    while ((await done()) < 10) await new Promise((resolve) => setTimeout(resolve, 5));
    await first.close();
    await stack.addWorker();
    const { status, result } = await ended(stack.app, id);
    expect(status).toBe('completed');
    expect(topUnit(result)).toBe('Lars has a pet tortoise.');
    const key = result?.units.find(({ text }) => text.includes('tortoise'))?.index ?? NaN;
    expect(result?.attributions[0]?.indistinguishable).not.toContain(key);
    expect(result?.noise).toMatchObject({ repeats: 12, reference: [{ samples: 12 }] });
    expect(result?.evaluations.cached).toBeGreaterThanOrEqual(10);
    expect(result?.evaluations.distinct).toBe((result?.evaluations.asked ?? 0) + (result?.evaluations.cached ?? 0));

    const again = await explainAndWait(stack.app, sampled(12));
    expect(again.body.result?.usage.calls).toBe(0);
    expect(again.body.result?.attributions).toEqual(result?.attributions);
  });

  it('has a noise floor without being asked for one, by every method', async () => {
    for (const id of ['auto', 'leave-one-out', 'lshap', 'lasso', 'clime', 'shapley', 'banzhaf', 'owen']) {
      const { body } = await explainAndWait(stack.app, sampled(null, { method: { id }, budget: { calls: 90 }, completion: null, targets: [{ kind: 'completion' }, { kind: 'span', start: 0, end: 1 }] }));
      expect(body.error).toBeNull();
      expect(body.result?.noise).toMatchObject({ repeats: 1, reference: [{ samples: 7 }, { samples: 7 }] });
      expect(body.result?.noise?.floor.every((floor) => floor !== null && floor >= 0)).toBe(true);
      expect(body.result?.attributions.every(({ intervals }) => intervals !== null)).toBe(true);
      const later = await stack.app.inject({ method: 'POST', url: `/v1/explanations/${body.id}/attributions`, payload: { targets: [{ kind: 'completion' }, { kind: 'span', start: 0, end: 1 }] } });
      expect(later.json<{ attributions: unknown }>().attributions).toEqual(body.result?.attributions);
    }
  });
});
