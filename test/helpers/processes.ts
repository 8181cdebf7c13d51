import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const POLL_MS = 25;
const READY_MS = 180_000;
const STOP_MS = 30_000;
/** All that a process gets of the test's own environment, so that a developer's REDIS_URL or API key never leaks into a test. */
const INHERITED = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'NODE_V8_COVERAGE'];

/** When a process counts as started: what it prints on stdout or stderr, or a URL that answers with a 2xx status. */
export type Ready = { readyPattern: RegExp } | { readyUrl: string } | { readyAtOnce: true };

/** One of the two is null. */
export interface Ending {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface RunningProcess {
  pid: number;
  stdout(): string;
  stderr(): string;
  /** How it ended, once it has and all its output is here. */
  exit: Promise<Ending>;
  /** SIGTERM, then SIGKILL after 30 s. Gives how it ended. May be called again. */
  stop(): Promise<Ending>;
  kill9: () => Promise<void>;
}

/**
 * Runs a file of the project (`src/bin/all.ts`) under this Node, as its own process.
 * @throws Error with the output when it ends or stays silent before it is ready
 */
export async function startProcess(entry: string, env: Record<string, string>, ready: Ready, args: readonly string[] = []): Promise<RunningProcess> {
  const child = spawn(process.execPath, [join(ROOT, entry), ...args], {
    cwd: ROOT,
    env: { ...inherited(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const texts = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (texts.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (texts.stderr += text));
  const exit = once(child, 'close').then(() => ({ code: child.exitCode, signal: child.signalCode }));
  // The whole run's end takes it along, however that comes about.
  const orphan = () => void child.kill('SIGKILL');
  process.once('exit', orphan);
  void exit.then(() => process.removeListener('exit', orphan));
  const running: RunningProcess = {
    pid: child.pid ?? 0,
    stdout: () => texts.stdout,
    stderr: () => texts.stderr,
    exit,
    stop: () => stopped(child, exit),
    kill9: async () => {
      child.kill('SIGKILL');
      await exit;
    },
  };
  try {
    await started(child, ready, texts);
  } catch (error) {
    await running.kill9();
    throw new Error(`${entry} ${error instanceof Error ? error.message : String(error)}\n${texts.stdout}\n${texts.stderr}`, { cause: error });
  }
  return running;
}

function inherited(): Record<string, string> {
  return Object.fromEntries(INHERITED.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));
}

async function started(child: ChildProcess, ready: Ready, texts: { stdout: string; stderr: string }): Promise<void> {
  for (const deadline = Date.now() + READY_MS; Date.now() < deadline; await sleep(POLL_MS)) {
    if ('readyAtOnce' in ready) return;
    if ('readyPattern' in ready && `${texts.stdout}\n${texts.stderr}`.search(ready.readyPattern) >= 0) return;
    if ('readyUrl' in ready && (await answers(ready.readyUrl))) return;
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`ended with ${child.exitCode ?? child.signalCode} before it was ready`);
  }
  throw new Error('was not ready in time');
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false;
  }
}

async function stopped(child: ChildProcess, exit: Promise<Ending>): Promise<Ending> {
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  try {
    return await exit;
  } finally {
    clearTimeout(timer);
  }
}
