import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { closeConnection, connect } from '../../src/store/connections.ts';
import { findRedisBinary } from '../../src/store/embedded-binary.ts';
import { requeueLost } from '../../src/store/requeue.ts';
import { bring, end, openStore, OWNER, stored, until } from './store-kit.ts';

/** A node of a cluster refuses every command and script whose keys lie in two slots, even when it holds them all. */
async function clusterNode(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'wherefore-cluster-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const socket = join(dir, 'redis.sock');
  const options = ['--port', '0', '--unixsocket', socket, '--save', '', '--dir', dir, '--cluster-enabled', 'yes'];
  // without a TCP port there is no bus, and a single node needs none
  const child = spawn(await findRedisBinary(process.env['PATH'] ?? ''), options, { stdio: 'ignore' });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
  const admin = connect(socket, 'worker');
  await admin.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
  await until(async () => String(await admin.call('CLUSTER', 'INFO')).includes('cluster_state:ok'));
  await closeConnection(admin);
  return socket;
}

it('the whole life of explanations stays in one slot of a cluster', async () => {
  const store = await openStore(await clusterNode());
  onTestFinished(() => store.close());
  await expect(store.redis.mget('a', 'b')).rejects.toThrow('CROSSSLOT');
  const fresh = stored();
  expect(await store.explanations.claimIdempotencyKey(OWNER, 'key', 'body', fresh.id)).toBeNull();
  await bring(store, 'queued', fresh);
  expect((await store.take())?.id).toBe(fresh.id);
  await store.jobs.start(fresh.id);
  const wait = store.explanations.waitForEnd(OWNER, fresh.id, 3_600_000, new AbortController().signal);
  for (const key of ['a', 'b']) await store.cache.set(key, { kind: 'weighed', logprobs: Float64Array.of(-1) });
  await store.jobs.ownCacheKeys(fresh.id, ['a', 'b']);
  expect(await store.jobs.progress(fresh.id, '{"done":1}')).toBe('in_progress');
  expect(await store.jobs.finish(fresh.id, end())).toBe(true);
  await wait;
  expect(await store.explanations.read(OWNER, 'latest')).toMatchObject({ id: fresh.id, status: 'completed' });
  expect(await store.explanations.cancel(OWNER, await bring(store, 'queued'))).toMatchObject({ status: 'cancelled' });
  const lost = await bring(store, 'queued');
  await store.queue.remove(lost);
  expect(await requeueLost(store.redis, store.queue, store.keys, Date.now() + 60_000)).toBe(1);
  expect((await store.explanations.list(OWNER, { limit: 10, status: null, after: null })).items).toHaveLength(3);
  await store.health.beat('w');
  expect(await store.health.workers()).toBe(1);
  expect(await store.explanations.erase(OWNER, fresh.id)).toBe(true);
  expect(await store.cache.get(['a', 'b'])).toEqual([null, null]);
  expect(await store.explanations.claimIdempotencyKey(OWNER, 'key', 'body', stored().id)).toBeNull();
  await store.explanations.releaseIdempotencyKey(OWNER, 'key');
});
