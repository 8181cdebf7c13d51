import { spawn } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findRedisBinary } from '../../src/store/embedded-binary.ts';
import { isAlive, waitForExit } from '../../src/store/embedded-processes.ts';
import { connect, exists, pidOf, Place, searchPath, until } from '../helpers/embedded.ts';

const place = Place.perTest();

describe('leavings', () => {
  it('of a process that died (owner, pid file, socket) are in nobody’s way', async () => {
    await mkdir(place.inside());
    await new Promise<void>((resolve) => {
      // A listening socket of a process that was killed leaves its file; a server that is closed would remove it.
      const child = spawn(process.execPath, ['-e', `require('net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`, place.inside('redis.sock')]);
      child.once('exit', () => resolve());
    });
    expect(await exists(place.inside('redis.sock'))).toBe(true);
    // The numbers live (again), but belong to this process: started at another time, working in another folder.
    await writeFile(place.inside('owner.json'), JSON.stringify({ pid: process.pid, start: '1', token: 'old' }));
    await writeFile(place.inside('redis.pid'), `${process.pid}\n`);
    expect(await connect((await place.start()).path).ping()).toBe('PONG');
  });

  it.each(['', '{"pid":', '[]', '{"pid":"1","start":null,"token":"t"}'])('an owner file that holds %j is replaced', async (text) => {
    await mkdir(place.inside());
    await writeFile(place.inside('owner.json'), text);
    expect(await connect((await place.start()).path).ping()).toBe('PONG');
  });

  it('a server without a keeper is taken over, and ended at close', async () => {
    const dir = place.inside();
    await mkdir(dir, { mode: 0o700 });
    const orphan = spawn(await findRedisBinary(searchPath), ['--port', '0', '--unixsocket', join(dir, 'redis.sock'), '--dir', dir, '--appendonly', 'yes'], { cwd: dir, stdio: 'ignore' });
    await until(() => exists(join(dir, 'redis.sock')));
    const redis = await place.start();
    expect(await pidOf(connect(redis.path))).toBe(orphan.pid);
    expect(place.lines.join('\n')).toContain('took over');
    await redis.close();
    expect(await isAlive(orphan.pid ?? 0)).toBe(false);
  });

  it('a server that hangs in the data folder is ended before another one starts there', async () => {
    const first = await place.start();
    const client = connect(first.path);
    await client.set('kept', 'yes');
    const hung = await pidOf(client);
    process.kill(hung, 'SIGSTOP');
    await rm(place.inside('owner.json'));
    const second = await place.start();
    expect(await isAlive(hung)).toBe(false);
    expect(await connect(second.path).get('kept')).toBe('yes');
  });
});

describe('a server that dies', () => {
  it('is started again on the same path with its data, and clients find it by themselves', async () => {
    const redis = await place.start();
    const client = connect(redis.path);
    await client.set('kept', 'yes');
    const pids = [await pidOf(client)];
    for (let times = 0; times < 3; times += 1) {
      // A SIGKILL loses nothing that Redis has written to the file: only a crash of the machine would.
      process.kill(pids.at(-1) ?? 0, 'SIGKILL');
      await waitForExit(pids.at(-1) ?? 0, 5_000);
      expect(await client.get('kept')).toBe('yes');
      pids.push(await pidOf(client));
    }
    expect(new Set(pids).size).toBe(4);
  });

  it('and cannot come back is tried again until it can, and close does not wait for that', async () => {
    const redis = await place.start();
    const client = connect(redis.path);
    await client.set('kept', 'yes');
    const manifest = place.inside('appendonlydir', 'appendonly.aof.manifest');
    const good = await readFile(manifest, 'utf8');
    await writeFile(manifest, 'no manifest\n');
    process.kill(await pidOf(client), 'SIGKILL');
    await until(() => place.lines.some((line) => line.includes('could not be started')));
    await writeFile(manifest, good);
    expect(await client.get('kept')).toBe('yes');

    await writeFile(manifest, 'no manifest\n');
    place.lines.length = 0;
    process.kill(await pidOf(client), 'SIGKILL');
    await until(() => place.lines.some((line) => line.includes('could not be started')));
    await redis.close();
    expect(await exists(place.inside('owner.json'))).toBe(false);
  });

  it('at its start makes the start fail with what it said, and gives the folder free', async () => {
    const folder = place.inside('appendonlydir');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'appendonly.aof.manifest'), 'no manifest\n');
    await expect(place.start()).rejects.toThrow(/could not be started.*manifest/is);
    await rm(folder, { recursive: true });
    expect(await connect((await place.start()).path).ping()).toBe('PONG');
  });
});
