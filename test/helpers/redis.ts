import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { findRedisBinary } from '../../src/store/embedded-binary.ts';
import { watch } from '../../src/store/embedded-watchdog.ts';
import { freePort } from './ports.ts';

const POLL_MS = 10;
const READY_MS = 20_000;
const PORTS_TRIED = 5;

/** A real redis-server of one test's own: free port on loopback, own temporary folder, gone with the test process. */
export interface TestRedis {
  /** redis://127.0.0.1:PORT; stays the same over a restart. */
  url: string;
  port: number;
  /** Of the server that runs now. */
  readonly pid: number;
  /** Deletes every key. */
  flush(): Promise<void>;
  /** Ends the server in order and deletes its folder. May be called again. */
  stop(): Promise<void>;
  /** SIGKILL; `restart` brings it back. */
  kill9(): Promise<void>;
  /** Starts the server again on the same port and folder, after ending it if it still runs. Keeps data only with `appendOnly`. */
  restart(): Promise<void>;
}

/** @param options `appendOnly`: every write is on disk before it is answered, so that `kill9` loses nothing. */
export async function startTestRedis(options: { appendOnly?: boolean } = {}): Promise<TestRedis> {
  const binary = await findRedisBinary(process.env['PATH'] ?? '');
  const dir = await mkdtemp(join(tmpdir(), 'wherefore-redis-'));
  const launch = (port: number) => start(binary, dir, port, options.appendOnly === true);
  const [first, port] = await onFreePort(launch);
  let server = first;

  const redis: TestRedis = {
    url: `redis://127.0.0.1:${port}`,
    port,
    get pid() {
      return server.pid;
    },
    flush: () => asked(port, async (client) => void (await client.flushall())),
    kill9: () => ended(server, 'SIGKILL'),
    restart: async () => {
      await ended(server, 'SIGTERM');
      server = await launch(port);
    },
    stop: async () => {
      await ended(server, 'SIGTERM');
      await rm(dir, { recursive: true, force: true });
    },
  };
  return redis;
}

interface Server {
  child: ChildProcess;
  pid: number;
  callOff: () => void;
}

async function onFreePort(launch: (port: number) => Promise<Server>): Promise<[Server, number]> {
  for (let tried = 1; ; tried += 1) {
    const port = await freePort();
    try {
      return [await launch(port), port];
    } catch (error) {
      if (tried === PORTS_TRIED) throw error;
    }
  }
}

async function start(binary: string, dir: string, port: number, appendOnly: boolean): Promise<Server> {
  const durability = appendOnly ? ['--appendonly', 'yes', '--appendfsync', 'always'] : ['--appendonly', 'no'];
  const child = spawn(
    binary,
    ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir, '--save', '', ...durability, '--maxmemory-policy', 'noeviction'],
    { stdio: 'ignore', detached: true, env: {} },
  );
  await once(child, 'spawn');
  const pid = child.pid ?? 0;
  const server = { child, pid, callOff: watch(pid) };
  try {
    await ready(child, port);
  } catch (error) {
    await ended(server, 'SIGKILL');
    throw error;
  }
  return server;
}

/** Another server may have taken the port in between, so the one that answers must be the child. */
async function ready(child: ChildProcess, port: number): Promise<void> {
  for (const deadline = Date.now() + READY_MS; Date.now() < deadline; await sleep(POLL_MS)) {
    if (hasEnded(child)) throw new Error(`redis-server ended at once on port ${port}`);
    const info = await asked(port, (client) => client.info()).catch(() => '');
    if (info === '' || info.includes('\r\nloading:1\r\n')) continue;
    const pid = Number(/^process_id:(\d+)\r$/m.exec(info)?.[1]);
    if (pid !== child.pid) throw new Error(`the Redis on port ${port} is process ${pid}, not the one that was started`);
    return;
  }
  throw new Error(`redis-server did not answer on port ${port}`);
}

async function asked<T>(port: number, question: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis({ port, host: '127.0.0.1', lazyConnect: true, enableReadyCheck: false, retryStrategy: () => null });
  // A refused connection is what the caller is told by the rejection.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await question(client);
  } finally {
    client.disconnect();
  }
}

async function ended({ child, callOff }: Server, signal: NodeJS.Signals): Promise<void> {
  if (!hasEnded(child)) {
    const exit = once(child, 'exit');
    child.kill(signal);
    await exit;
  }
  callOff();
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
