import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { closeConnection, connect } from '../../src/store/connections.ts';
import { findRedisBinary } from '../../src/store/embedded-binary.ts';
import { guarded } from '../../src/store/unavailable.ts';
import { startTestRedis } from '../helpers/redis.ts';
import { bring, end, openStore, OWNER, until } from './store-kit.ts';

async function started() {
  const server = await startTestRedis();
  onTestFinished(() => server.stop());
  return server;
}

function open(...of: Parameters<typeof connect>) {
  const redis = connect(...of);
  onTestFinished(() => closeConnection(redis));
  return redis;
}

describe('connect', () => {
  it('over a Unix socket, by URL and by path, carries the whole store', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'wherefore-socket-'));
    onTestFinished(() => rm(dir, { recursive: true, force: true }));
    const socket = join(dir, 'redis.sock');
    const binary = await findRedisBinary(process.env['PATH'] ?? '');
    const child = spawn(binary, ['--port', '0', '--unixsocket', socket, '--save', '', '--dir', dir], { stdio: 'ignore' });
    onTestFinished(async () => {
      child.kill('SIGKILL');
      await once(child, 'exit');
    });
    const store = await openStore(`unix://${socket}`);
    onTestFinished(() => store.close());
    const id = await bring(store, 'in_progress');
    const wait = store.explanations.waitForEnd(OWNER, id, 3_600_000, new AbortController().signal);
    await store.jobs.finish(id, end());
    await wait;
    await store.workerRedis.set('here', '1');
    expect(await open(socket, 'worker').get('here')).toBe('1');
    expect(await open(`unix://${socket}?db=1`, 'worker').get('here')).toBeNull();
  });

  it('logs in and chooses the database of the URL', async () => {
    const server = await started();
    const admin = open(server.url, 'worker');
    await admin.acl('SETUSER', 'u:1', 'reset', 'on', '>p@ss/w%rd', '+@all', '~*', '&*');
    const redis = open(`${server.url.replace('redis://', 'redis://u%3A1:p%40ss%2Fw%25rd@')}/3`, 'worker');
    await redis.set('here', '1');
    expect(await redis.call('ACL', 'WHOAMI')).toBe('u:1');
    await admin.select(3);
    expect(await admin.get('here')).toBe('1');
  });

  it('of a producer fails what was in flight when the connection was lost, and never sends it later', async () => {
    const server = await started();
    const redis = open(server.url, 'producer');
    await until(() => redis.status === 'ready');
    const blocked = guarded(() => redis.blpop('list', 0));
    const seen = blocked.catch((error: unknown) => error);
    await server.kill9();
    expect(await seen).toMatchObject({ code: 'storage_unavailable' });
    await server.restart();
    await until(() => redis.status === 'ready');
    expect(await redis.rpush('list', 'x')).toBe(1);
    expect(await redis.llen('list')).toBe(1);
  });

  it('of a producer gives up on a server that does not answer', async () => {
    const server = await started();
    const redis = open(server.url, 'producer');
    await until(() => redis.status === 'ready');
    process.kill(server.pid, 'SIGSTOP');
    const unanswered = guarded(() => redis.get('x'));
    await expect(unanswered).rejects.toMatchObject({ code: 'storage_unavailable', cause: { message: 'Command timed out' } });
    process.kill(server.pid, 'SIGCONT');
    await until(async () => (await redis.ping().catch(() => '')) === 'PONG');
  });

  it('tells its errors to whom it was told, and to nobody without crashing', async () => {
    const server = await started();
    await server.kill9();
    const errors: Error[] = [];
    open(server.url, 'producer', (error) => errors.push(error));
    const quiet = open(server.url, 'worker');
    await until(() => errors.length > 1);
    expect(errors[0]).toMatchObject({ code: 'ECONNREFUSED' });
    await server.restart();
    expect(await quiet.ping()).toBe('PONG');
  });

  it('is closed at once while Redis is away, and twice', async () => {
    const server = await started();
    const redis = open(server.url, 'worker');
    await redis.ping();
    await server.kill9();
    await until(() => redis.status === 'reconnecting');
    const waiting = guarded(() => redis.get('x'));
    const seen = waiting.catch((error: unknown) => error);
    await closeConnection(redis);
    await closeConnection(redis);
    expect(redis.status).toBe('end');
    expect(await seen).toMatchObject({ code: 'storage_unavailable' });
  });
});
