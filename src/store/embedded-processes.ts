import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 20;

/**
 * Whether a process of this number runs (a zombie that nobody has waited for does not). Asked of the system a second
 * time when there is nothing to read about it: a zombie may have been waited for between the two looks, and a system
 * without /proc has never anything to read.
 */
export async function isAlive(pid: number): Promise<boolean> {
  if (!isKnown(pid)) return false;
  const state = (await statOf(pid))?.state;
  return state === undefined ? isKnown(pid) : state !== 'Z' && state !== 'X';
}

function isKnown(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * When the process started, in ticks since boot, which tells a process from a later one of the same number. null where
 * the system has no /proc: there the number alone has to do.
 */
export async function startOf(pid: number): Promise<string | null> {
  return (await statOf(pid))?.start ?? null;
}

/** Waits for a process to be gone, at most so long. True when it is gone. */
export async function waitForExit(pid: number, milliseconds: number): Promise<boolean> {
  for (const deadline = Date.now() + milliseconds; await isAlive(pid); await sleep(POLL_MS)) {
    if (Date.now() >= deadline) return false;
  }
  return true;
}

/** Asks a process to end, and ends it when it has not after `patience` milliseconds. Fine with one that is gone. */
export async function end(pid: number, patience: number): Promise<void> {
  if (!signal(pid, 'SIGTERM') || (await waitForExit(pid, patience))) return;
  signal(pid, 'SIGKILL');
  await waitForExit(pid, patience);
}

function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}

/** Fields 3 and 22 of /proc/pid/stat; the second field is a name in brackets that may hold blanks and brackets. */
async function statOf(pid: number): Promise<{ state: string; start: string } | null> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const [state, start] = [fields[0], fields[19]];
    return state === undefined || start === undefined ? null : { state, start };
  } catch {
    return null;
  }
}
