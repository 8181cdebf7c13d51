import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { currentRequestId, logFields, withinJob, withinRequest } from '../../../src/telemetry/scope.ts';

it('knows the request and the job that something is done for, however late', async () => {
  const fields = await withinJob('exp_1', 'r1', async () => {
    await sleep(5);
    return logFields();
  });
  expect(fields).toEqual({ job_id: 'exp_1', request_id: 'r1' });
  expect(await withinJob('exp_2', null, async () => logFields())).toEqual({ job_id: 'exp_2' });
});

it('keeps those apart that run at once', async () => {
  const seen = await Promise.all(
    ['a', 'b', 'c'].map((id) =>
      withinRequest(id, async () => {
        await sleep(5);
        return currentRequestId();
      }),
    ),
  );
  expect(seen).toEqual(['a', 'b', 'c']);
});

it('says nothing outside, and not twice what a request says of itself', () => {
  expect(logFields()).toEqual({});
  expect(currentRequestId()).toBeNull();
  expect(withinRequest('r', () => logFields())).toEqual({});
});
