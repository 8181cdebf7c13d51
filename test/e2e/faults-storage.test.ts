import { mkdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { IN_FLIGHT, type Service, startService } from './faults-kit.ts';

const LONG = 600_000;
const OUTAGE_MS = 20_000;

let service: Service;
let admin: Redis;
beforeAll(async () => {
  service = await startService();
  admin = new Redis(service.redis.url);
}, LONG);
afterAll(async () => {
  admin?.disconnect();
  await service?.stop();
}, LONG);

/** Redis takes no writes just now. */
async function refuses(): Promise<void> {
  await expect(admin.set('probe', '1')).rejects.toThrow(/^(OOM|MISCONF)/);
}

/** Lines that the workers have written. */
const lines = () => service.workers.map((worker) => worker.stderr().split('\n').length);

describe('fifty jobs survive', () => {
  it('a Redis that is frozen for 20 s', async () => {
    await service.survive(async () => {
      process.kill(service.redis.pid, 'SIGSTOP');
      await sleep(OUTAGE_MS);
      process.kill(service.redis.pid, 'SIGCONT');
    });
    expect(service.askedTwice()).toBeLessThanOrEqual(IN_FLIGHT);
  }, LONG);

  it('a Redis that is full (OOM) for 20 s', async () => {
    const before = lines();
    await service.survive(async () => {
      await admin.config('SET', 'maxmemory', '1');
      await refuses();
      await sleep(OUTAGE_MS);
      await admin.config('SET', 'maxmemory', '0');
    });
    expect(service.askedTwice()).toBeLessThanOrEqual(IN_FLIGHT);
    // the outage fills no disk with complaints
    lines().forEach((count, worker) => expect(count - (before[worker] ?? 0)).toBeLessThan(500));
  }, LONG);

  it('a Redis that cannot write to its disk (MISCONF) for 20 s', async () => {
    const before = lines();
    const [, folder = ''] = await admin.config('GET', 'dir');
    // where a folder stands, no snapshot can be put in place
    const inTheWay = join(folder, 'dump.rdb');
    const saved = async () => (await admin.info('persistence')).includes('rdb_last_bgsave_status:ok');
    await service.survive(async () => {
      await mkdir(inTheWay);
      await admin.config('SET', 'save', '3600 1');
      await admin.bgsave();
      while (await saved()) await sleep(20);
      await refuses();
      await sleep(OUTAGE_MS);
      await rmdir(inTheWay);
      await admin.bgsave();
      while (!(await saved())) await sleep(20);
    });
    expect(service.askedTwice()).toBeLessThanOrEqual(IN_FLIGHT);
    lines().forEach((count, worker) => expect(count - (before[worker] ?? 0)).toBeLessThan(500));
  }, LONG);
});
