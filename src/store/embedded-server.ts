import { type ChildProcess, spawn } from 'node:child_process';
import { open, readFile, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Layout } from './embedded-layout.ts';
import { type Contact, probe } from './embedded-probe.ts';
import { end } from './embedded-processes.ts';
import { watch } from './embedded-watchdog.ts';

const POLL_MS = 20;
/** How long a server may take before it listens. Loading its data, which comes after, may take any time. */
const LISTEN_MS = 30_000;
/** How long it may take to write its data and end before it is killed. */
export const END_MS = 5_000;
const MAX_LOG_BYTES = 1_000_000;

/** A server that is ours to end. `callOff` ends the watchdog, which is owed once the server is gone. */
export interface Server {
  contact: Contact;
  callOff: () => void;
}

/**
 * The server's arguments: reachable through its socket alone and by this user alone, every write in the append-only
 * file within a second, and nothing ever evicted, which the queue's keys could not bear.
 */
function argumentsFor(layout: Layout): string[] {
  const options = {
    port: '0',
    unixsocket: layout.socket,
    unixsocketperm: '700',
    dir: layout.dir,
    pidfile: layout.pidFile,
    appendonly: 'yes',
    appendfsync: 'everysec',
    save: '',
    'maxmemory-policy': 'noeviction',
  };
  return Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
}

/**
 * Starts a server and waits until it has loaded its data. It has its own process group, because Ctrl-C at a terminal
 * must reach the service only: Redis goes last. Its environment is empty, so that it holds none of the service's secrets.
 * @throws Error with the end of the server's log; AbortError. The server is gone then.
 */
export async function launch(binary: string, layout: Layout, onLoading: () => void, signal: AbortSignal): Promise<Server> {
  const log = await open(layout.logFile, (await isLong(layout.logFile)) ? 'w' : 'a', 0o600);
  const from = (await log.stat()).size;
  const child = spawn(binary, argumentsFor(layout), { cwd: layout.dir, env: {}, detached: true, stdio: ['ignore', log.fd, log.fd] });
  child.unref();
  const callOff = child.pid === undefined ? () => undefined : watch(child.pid);
  try {
    return { contact: await ready(child, layout.socket, onLoading, signal), callOff };
  } catch (cause) {
    if (child.pid !== undefined) await end(child.pid, END_MS);
    callOff();
    signal.throwIfAborted();
    throw new Error(`the embedded Redis could not be started (${binary}): ${await lastLines(layout.logFile, from)}`, { cause });
  } finally {
    await log.close();
  }
}

/** Only a server that is this child counts: another one behind the socket would share the data folder with it. */
async function ready(child: ChildProcess, path: string, onLoading: () => void, signal: AbortSignal): Promise<Contact> {
  const failures: Error[] = [];
  child.once('error', (error) => failures.push(error));
  child.once('exit', (code, name) => failures.push(new Error(`it ended with ${code ?? name}`)));
  const deadline = Date.now() + LISTEN_MS;
  for (let loading = false; ; await sleep(POLL_MS, undefined, { signal })) {
    const found = await probe(path);
    if (typeof found === 'object' && found.pid === child.pid) return found;
    if (typeof found === 'object') found.drop();
    if (failures[0] !== undefined) throw failures[0];
    if (found === 'loading' && !loading) onLoading();
    loading ||= found === 'loading';
    if (!loading && Date.now() > deadline) throw new Error(`it did not listen within ${LISTEN_MS / 1_000} s`);
  }
}

async function isLong(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => null);
  return found !== null && found.size > MAX_LOG_BYTES;
}

async function lastLines(file: string, from: number): Promise<string> {
  const text = (await readFile(file)).subarray(from).toString('utf8').trim();
  return text === '' ? 'it said nothing' : text.split('\n').slice(-4).join(' | ');
}
