import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { isAlive, startOf } from './embedded-processes.ts';

/** Who keeps the embedded server of a data folder running: at most one, a process that is alive. */
interface Owner {
  pid: number;
  /** Tells the process from a later one of the same number; null where the system cannot say. */
  start: string | null;
  /** Tells two owners inside one process apart. */
  token: string;
}

/**
 * Takes the ownership that `file` stands for, from nobody or from an owner that died. The returned function gives it
 * back; null when a living owner has it.
 *
 * The file appears complete, by a link, so that no one ever reads half an owner. A dead owner's file is moved away
 * first: a move succeeds for one contender only, and whoever finds that it moved a living owner's file (a claim made
 * in between) puts it back.
 */
export async function claim(file: string): Promise<(() => Promise<void>) | null> {
  const token = randomUUID();
  const own: Owner = { pid: process.pid, start: await startOf(process.pid), token };
  const draft = `${file}.${token}`;
  await writeFile(draft, JSON.stringify(own), { mode: 0o600 });
  try {
    for (;;) {
      if (await linked(draft, file)) return () => release(file, token);
      if (await isLiving(await read(file))) return null;
      await takeAway(file, `${draft}.old`);
    }
  } finally {
    await rm(draft, { force: true });
  }
}

async function release(file: string, token: string): Promise<void> {
  if ((await read(file))?.token === token) await rm(file, { force: true });
}

async function takeAway(file: string, aside: string): Promise<void> {
  try {
    await rename(file, aside);
  } catch {
    return;
  }
  if (await isLiving(await read(aside))) await linked(aside, file);
  await rm(aside, { force: true });
}

async function isLiving(owner: Owner | null): Promise<boolean> {
  return owner !== null && (await isAlive(owner.pid)) && (await startOf(owner.pid)) === owner.start;
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** null also for a file that is gone or is no owner file, which then counts as a dead owner's. */
async function read(file: string): Promise<Owner | null> {
  try {
    const found: unknown = JSON.parse(await readFile(file, 'utf8'));
    return isOwner(found) ? found : null;
  } catch {
    return null;
  }
}

function isOwner(found: unknown): found is Owner {
  if (typeof found !== 'object' || found === null) return false;
  const { pid, start, token } = found as Record<string, unknown>;
  return Number.isInteger(pid) && (start === null || typeof start === 'string') && typeof token === 'string';
}
