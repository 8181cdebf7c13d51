import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { beforeEach, onTestFinished } from 'vitest';
import { type EmbeddedRedis, startEmbeddedRedis } from '../../src/store/embedded.ts';
import { type RunningProcess, startProcess } from './processes.ts';

export const searchPath = process.env['PATH'] ?? '';

/** A data folder per test, and what the embedded servers of the test logged. Everything ends with the test. */
export class Place {
  dataDir = '';
  lines: string[] = [];

  /** Call it at the top of a test file. */
  static perTest(): Place {
    const place = new Place();
    beforeEach(async () => {
      const dataDir = await mkdtemp(join(tmpdir(), 'wherefore-embedded-'));
      place.dataDir = dataDir;
      place.lines = [];
      // Registered first, so done last: after the servers that work in it have ended.
      onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
    });
    return place;
  }

  /** A path below the server's own folder. */
  inside(...names: string[]): string {
    return join(this.dataDir, 'redis', ...names);
  }

  async start(dataDir = this.dataDir): Promise<EmbeddedRedis> {
    const note = (line: string) => void this.lines.push(line);
    const redis = await startEmbeddedRedis({ dataDir, searchPath, log: { info: note, warn: note } });
    onTestFinished(() => redis.close());
    return redis;
  }

  /** A process of its own that uses the folder; `serverPid` is the Redis that it found or started. */
  async keeper(): Promise<RunningProcess & { serverPid: number }> {
    const running = await startProcess('test/helpers/keep-redis.ts', { DATA_DIR: this.dataDir }, { readyPattern: /^server \d+$/m });
    onTestFinished(async () => void (await running.stop()));
    return { ...running, serverPid: Number(/server (\d+)/.exec(running.stdout())?.[1]) };
  }
}

/** A client that keeps trying. Without the ready check it shows LOADING as an error instead of waiting for its end. */
export function connect(path: string, enableReadyCheck = true): Redis {
  const client = new Redis({ path, enableReadyCheck, retryStrategy: () => 20, maxRetriesPerRequest: null });
  // While the server is away, as some tests have it, every attempt to connect fails.
  client.on('error', () => undefined);
  onTestFinished(() => client.disconnect());
  return client;
}

export async function pidOf(client: Redis): Promise<number> {
  return Number(/^process_id:(\d+)/m.exec(await client.info('server'))?.[1]);
}

export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Waits without a limit of its own: the test's does. */
export async function until(what: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await what())) await sleep(20);
}
