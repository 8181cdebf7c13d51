import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findRedisBinary } from '../../src/store/embedded-binary.ts';
import { isAlive, waitForExit } from '../../src/store/embedded-processes.ts';
import { connect, exists, pidOf, Place, until } from '../helpers/embedded.ts';

const place = Place.perTest();

describe('a server of its own', () => {
  it('is reachable through a private socket alone, keeps every write and evicts nothing', async () => {
    const redis = await place.start();
    const client = connect(redis.path);
    expect(redis.path).toBe(place.inside('redis.sock'));
    const settings = ['port', 'appendonly', 'appendfsync', 'save', 'maxmemory-policy'];
    const values = await Promise.all(settings.map(async (name) => [name, (await client.config('GET', name))[1]]));
    expect(Object.fromEntries(values)).toEqual({
      port: '0', appendonly: 'yes', appendfsync: 'everysec', save: '', 'maxmemory-policy': 'noeviction',
    });
    expect((await stat(place.inside())).mode & 0o777).toBe(0o700);
    expect((await stat(redis.path)).mode & 0o777).toBe(0o700);
  });

  it.runIf(process.platform === 'linux')('holds nothing of the environment of the service', async () => {
    const pid = await pidOf(connect((await place.start()).path));
    expect(await readFile(`/proc/${pid}/environ`, 'utf8')).not.toMatch(/PATH|HOME|VITEST/);
  });

  it('ends at close, and comes back with its data', async () => {
    const first = await place.start();
    const client = connect(first.path);
    const pid = await pidOf(client);
    await client.set('kept', 'yes');
    client.disconnect();
    await first.close();
    await first.close();
    expect(await isAlive(pid)).toBe(false);
    expect(await exists(first.path)).toBe(false);
    expect(await exists(place.inside('owner.json'))).toBe(false);

    const second = await place.start();
    expect(second.path).toBe(first.path);
    expect(await connect(second.path).get('kept')).toBe('yes');
  });

  it('is returned only when it has loaded its data', async () => {
    const first = await place.start();
    const client = connect(first.path);
    await client.eval(`for i = 1, 400000 do redis.call('SET', 'key' .. i, i) end`, 0);
    client.disconnect();
    await first.close();

    // Without a ready check, ioredis would show the error LOADING.
    expect(await connect((await place.start()).path, false).dbsize()).toBe(400_000);
  });

  it.each(['data of Zoë — 数据', 'long'.repeat(30), `${'länge'.repeat(12)}/${'deep'.repeat(12)}`])('works in the folder %s', async (name) => {
    const folder = join(place.dataDir, name);
    const redis = await place.start(folder);
    const client = connect(redis.path);
    expect(Buffer.byteLength(redis.path)).toBeLessThanOrEqual(100);
    expect((await stat(join(redis.path, '..'))).mode & 0o777).toBe(0o700);
    await client.set('kept', name);
    const again = await place.start(folder);
    expect(again.path).toBe(redis.path);
    client.disconnect();
    await redis.close();
    await again.close();
    expect(await exists(redis.path)).toBe(false);
    expect(await exists(dirname(redis.path))).toBe(redis.path.startsWith(place.dataDir));
    expect(await connect((await place.start(folder)).path).get('kept')).toBe(name);
  });
});

describe('several users of one folder', () => {
  it('share one server; only its keeper ends it, and the others keep it from then on', async () => {
    const first = await place.start();
    const second = await place.start();
    const client = connect(second.path);
    const pid = await pidOf(client);
    await client.set('kept', 'yes');
    const third = await place.start();
    await third.close();
    expect(await isAlive(pid)).toBe(true);

    await first.close();
    expect(await isAlive(pid)).toBe(false);
    expect(await client.get('kept')).toBe('yes');
    const heir = await pidOf(client);
    expect(heir).not.toBe(pid);
    await second.close();
    expect(await isAlive(heir)).toBe(false);
  });

  it('that start at once in several processes start one', async () => {
    const keepers = await Promise.all([place.keeper(), place.keeper(), place.keeper()]);
    expect(new Set(keepers.map((each) => each.serverPid)).size).toBe(1);
  });

  it('survive a keeper that is killed: its server ends with it, the next in line starts one on the data', async () => {
    const killed = await place.keeper();
    const client = connect((await place.start()).path);
    expect(await pidOf(client)).toBe(killed.serverPid);
    await client.set('kept', 'yes');
    await killed.kill9();
    expect(await waitForExit(killed.serverPid, 20_000)).toBe(true);
    expect(await client.get('kept')).toBe('yes');
  });

  it('leave nothing behind when the last of them is killed', async () => {
    const { serverPid, kill9 } = await place.keeper();
    await kill9();
    expect(await waitForExit(serverPid, 20_000)).toBe(true);
  });
});

describe('what stands in the way is said', () => {
  it('no server program', async () => {
    await expect(findRedisBinary(place.dataDir, [])).rejects.toThrow(/apt-get install redis-server.*REDIS_URL/);
  });

  it('programs that are none (folders, files that may not be run) are passed over; Redis goes before Valkey', async () => {
    const [a, b] = [join(place.dataDir, 'a'), join(place.dataDir, 'b')];
    await mkdir(join(a, 'redis-server'), { recursive: true });
    await mkdir(b);
    await writeFile(join(b, 'redis-server'), '', { mode: 0o644 });
    await writeFile(join(a, 'valkey-server'), '', { mode: 0o755 });
    expect(await findRedisBinary(`${a}:${b}:relative`, [])).toBe(join(a, 'valkey-server'));
    await rm(join(b, 'redis-server'));
    await writeFile(join(b, 'redis-server'), '', { mode: 0o755 });
    expect(await findRedisBinary(a, [b])).toBe(join(b, 'redis-server'));
  });

  it('a stranger behind the socket is no Redis', async () => {
    await mkdir(place.inside());
    const stranger = createServer((socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')).listen(place.inside('redis.sock'));
    onTestFinished(() => void stranger.close());
    await until(() => stranger.listening);
    expect(await connect((await place.start()).path).ping()).toBe('PONG');
  });
});
