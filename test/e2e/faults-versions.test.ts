import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Explanation } from '../helpers/stack.ts';
import { expectWhole, type Service, startService } from './faults-kit.ts';

const JOBS = 6;
const PREFIX = '{wherefore}';

let service: Service;
let admin: Redis;
beforeEach(async () => {
  service = await startService({ workers: 0 });
  admin = new Redis(service.redis.url);
}, 600_000);
afterEach(async () => {
  admin.disconnect();
  await service.stop();
}, 600_000);

const submitAll = () => Promise.all(Array.from({ length: JOBS }, (_, index) => service.submit(index)));

/** A job as an earlier release left it. */
async function turnBack(id: string, change: Record<string, string>): Promise<void> {
  await admin.hdel(`${PREFIX}:job:${id}`, 'schema');
  await admin.hset(`${PREFIX}:explanations:${id}`, 'data', JSON.stringify({ version: 1, id }));
  if (Object.keys(change).length > 0) await admin.hset(`${PREFIX}:job:${id}`, change);
}

describe('a rolling update', () => {
  it('a worker of an older payload version hands new jobs back untouched; one that knows them does them, both running', async () => {
    const older = await service.startWorker('test/helpers/older-worker.ts');
    const ids = await submitAll();
    const before = await Promise.all(ids.map((id) => admin.hgetall(`${PREFIX}:job:${id}`)));
    // each was taken twice by it, and given back
    const taken = async () => Promise.all(ids.map(async (id) => Number(await admin.hget(`${PREFIX}:explanations:${id}`, 'ats'))));
    while ((await taken()).some((times) => times < 2)) await sleep(100);
    expect(await Promise.all(ids.map((id) => admin.hgetall(`${PREFIX}:job:${id}`)))).toEqual(before);
    expect(before.map(({ status }) => status)).toEqual(ids.map(() => 'queued'));
    expect(service.server.requests).toEqual([]);
    await service.startWorker();
    expectWhole(await Promise.all(ids.map(service.finished)));
    expect(service.askedTwice()).toBe(0);
    expect(older.stderr()).not.toContain('explanation ended');
    expect(older.stderr()).not.toContain('attempt failed');
  }, 600_000);

  it('jobs of the version before are done as they are; what is no longer readable fails and says so', async () => {
    const ids = await submitAll();
    const [, , strange = '', ancient = ''] = ids;
    await Promise.all(ids.map((id) => turnBack(id, {})));
    await turnBack(strange, { request: '{"call":{"messages":[]},"sed":1}' });
    await turnBack(ancient, { schema: '0' });
    await service.startWorker();
    const jobs = await Promise.all(ids.map(service.finished));
    const ended = new Map(jobs.map((job: Explanation) => [job.id, job.error?.code ?? job.status]));
    expect(ended.get(strange)).toBe('outdated_job');
    expect(ended.get(ancient)).toBe('outdated_job');
    expectWhole(jobs.filter(({ id }) => id !== strange && id !== ancient));
  }, 600_000);
});
