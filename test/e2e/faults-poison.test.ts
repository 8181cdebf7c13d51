import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createKeys } from '../../src/store/keys.ts';
import { RECOVERY } from '../../src/worker/worker.ts';
import type { RunningProcess } from '../helpers/processes.ts';
import { type Receiver, startReceiver } from '../helpers/receiver.ts';
import type { Explanation } from '../helpers/stack.ts';
import { expectWhole, type Service, startService } from './faults-kit.ts';

const LONG = 600_000;
/** A killed worker's last requests are with the model server by then, and its lock still holds. */
const ARRIVED_MS = 500;

let service: Service;
let receiver: Receiver;
/** Requests with this text are never answered. */
let hanging: string | null;
beforeEach(async () => {
  hanging = null;
  receiver = await startReceiver();
  service = await startService({
    workers: 0,
    hold: ({ body }) => (hanging !== null && JSON.stringify(body).includes(hanging) ? new Promise(() => undefined) : Promise.resolve()),
  });
}, LONG);
afterEach(async () => {
  await service.stop();
  await receiver.close();
}, LONG);

const asked = (text: string): number => service.server.requests.filter(({ body }) => JSON.stringify(body).includes(text)).length;

/** What a worker logged under this message of this job. */
const logged = (worker: RunningProcess, message: string, id: string): Record<string, unknown>[] =>
  worker
    .stderr()
    .split('\n')
    .filter((line) => line.includes(`"${message}"`))
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter((line) => line['job_id'] === id);

it('a job whose worker is killed is taken up by another', async () => {
  // a lock that was renewed just before the kill, and a look that came just before its end
  expect(RECOVERY.lockDuration + RECOVERY.stalledInterval).toBeLessThanOrEqual(15_000);
  const { startWorker, submit, finished, textOf, read } = service;
  const first = await startWorker();
  hanging = textOf(0);
  const id = await submit(0);
  while (asked(hanging) === 0) await sleep(20);
  const second = await startWorker();
  await first.kill9();
  await sleep(ARRIVED_MS);
  const before = asked(textOf(0));
  expect(((await read(`/v1/explanations/${id}`)) as Explanation).status).toBe('in_progress');
  hanging = null;
  expectWhole([await finished(id)]);
  expect(asked(textOf(0))).toBeGreaterThan(before);
  // lines are written in lots, a moment later
  await expect.poll(() => logged(second, 'taken over from a worker that was lost', id), { timeout: 5_000 }).toMatchObject([{ lost: 1 }]);
}, LONG);

it('a job that ends every worker that takes it fails, says why, is told, and leaves the queue to others', async () => {
  const { startWorker, submit, finished, textOf, read, events, redis } = service;
  const poison = textOf(0);
  hanging = poison;
  const id = await submit(0, { webhook: { url: `${receiver.url}/poison` } });
  const others = await Promise.all([1, 2, 3].map((index) => submit(index)));
  const now = async () => (await read(`/v1/explanations/${id}`)) as Explanation;
  let worker = await startWorker();
  let killed = 0;
  for (let seen = 0; (await now()).status !== 'failed'; await sleep(50)) {
    if (asked(poison) === seen) continue;
    await worker.kill9();
    killed += 1;
    await sleep(ARRIVED_MS);
    seen = asked(poison);
    worker = await startWorker();
  }
  expect(killed).toBe(4);
  const ended = await now();
  expect(ended).toMatchObject({ status: 'failed', result: null, error: { code: 'attempts_exhausted', request_id: id } });
  expect(ended.error?.detail).toContain('lost its worker 4 times');
  await expect.poll(() => logged(worker, 'job given up: it lost worker after worker', id), { timeout: 5_000 }).toMatchObject([{ lost: 4 }]);

  const [told] = await receiver.arrived('/poison', 1);
  expect(JSON.parse(told?.body ?? '')).toMatchObject({ type: 'explanation.failed', data: { id, status: 'failed' } });
  const last = (await events(id)).at(-1);
  expect(last).toMatchObject({ event: 'failed', data: { id, error: { code: 'attempts_exhausted' } } });

  expectWhole(await Promise.all([...others, await submit(4)].map(finished)));
  expect(await read('/v1/explanations?status=in_progress')).toMatchObject({ data: [] });
  const admin = new Redis(redis.url);
  const keys = createKeys('{wherefore}');
  // what BullMQ has of an ended job goes a moment after the explanation's own end
  while ((await admin.exists(keys.queueJob(id))) === 1) await sleep(20);
  expect(await Promise.all([keys.queued, keys.running].map((set) => admin.zcard(set)))).toEqual([0, 0]);
  admin.disconnect();
}, LONG);
