import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dumpRedis, placesOf } from '../helpers/redis-dump.ts';
import { expectWhole, IN_FLIGHT, JOBS, type Service, startService } from './faults-kit.ts';

const LONG = 600_000;

let service: Service;
beforeAll(async () => {
  service = await startService();
}, LONG);
afterAll(() => service?.stop(), LONG);

describe('fifty jobs survive kill -9', () => {
  it('of the API in the middle of their submission and of their run: each is there once', async () => {
    const { api, startApi, submit, finished, read, asked, askedTwice } = service;
    const submitting = Promise.all(Array.from({ length: JOBS }, (_, index) => sleep(index * 20).then(() => submit(index))));
    await sleep(JOBS * 10);
    await api.kill9();
    await sleep(500);
    const second = await startApi();
    const ids = await submitting;
    await asked(0.5);
    await second.kill9();
    await startApi();
    expectWhole(await Promise.all(ids.map(finished)));
    expect(new Set(ids).size).toBe(JOBS);
    const listed = (await read('/v1/explanations?limit=100')) as { data: { id: string }[] };
    expect(new Set(listed.data.map(({ id }) => id))).toEqual(new Set(ids));
    expect(askedTwice()).toBe(0);
  }, LONG);

  it('of Redis with its append-only file, twice', async () => {
    const { redis, asked, askedTwice, survive } = service;
    const kill = async () => {
      await redis.kill9();
      await sleep(2_000);
      await redis.restart();
    };
    await survive(async () => {
      await kill();
      await asked(0.6);
      await kill();
    });
    expect(askedTwice()).toBeLessThanOrEqual(IN_FLIGHT);
  }, LONG);

  it('of a worker: the other goes on from what was answered', async () => {
    const { workers, askedTwice, survive } = service;
    await survive(async () => workers[0]?.kill9());
    expect(askedTwice()).toBeLessThanOrEqual(IN_FLIGHT / 2);
  }, LONG);
});

it('fifty jobs survive SIGTERM: a worker hands its own back, ends with 0, and another goes on at once', async () => {
  const { workers, startWorker, askedTwice, survive } = service;
  await survive(async () => {
    const next = startWorker();
    expect((await workers[1]?.stop())?.code).toBe(0);
    workers.push(await next);
  });
  expect(askedTwice()).toBeLessThanOrEqual(IN_FLIGHT / 2);
}, LONG);

it('jobs that are erased after their worker was killed leave nothing behind', async () => {
  const { redis, workers, submit, asked, forget, server } = service;
  forget();
  const ids = await Promise.all(Array.from({ length: 4 }, (_, index) => submit(index)));
  await asked(0.04);
  await Promise.all(workers.map((worker) => worker.kill9()));
  const stored = async () => (await dumpRedis(redis.url)).filter(({ key }) => key.includes(':outcome:')).length;
  const before = await stored();
  expect(server.requests.length).toBeGreaterThan(0);
  await Promise.all(ids.map((id) => service.erase(id)));
  const dump = await dumpRedis(redis.url);
  expect(before - (await stored())).toBeGreaterThan(0);
  expect(placesOf(dump, ids.map((_, index) => service.textOf(index)))).toEqual([]);
  // nothing that these jobs asked for is there any more: what is left is of jobs that still are
  const owned = new Set(dump.filter(({ key }) => key.includes(':owned:')).flatMap(({ values }) => values.flatMap((value) => JSON.parse(String(value)) as string[])));
  const kept = dump.filter(({ key }) => key.includes(':outcome:')).map(({ key }) => key.replace(/^.*:outcome:/, ''));
  expect(kept.filter((key) => !owned.has(key))).toEqual([]);
}, LONG);
