import { readFile, readlink, realpath } from 'node:fs/promises';
import type { Layout } from './embedded-layout.ts';
import { end, waitForExit } from './embedded-processes.ts';
import { END_MS } from './embedded-server.ts';

/**
 * Makes sure that no server works in the data folder any more when nobody answers at its socket: one that is about to
 * end, or hangs. Two servers that write one append-only file would ruin it.
 */
export async function clearStray(layout: Layout): Promise<void> {
  const pid = Number(await readFile(layout.pidFile, 'utf8').catch(() => ''));
  if (!Number.isInteger(pid) || pid <= 0) return;
  const folder = await workingFolder(pid);
  // A server works in its data folder; a process elsewhere has merely inherited the number.
  if (folder === await realpath(layout.dir)) await end(pid, END_MS);
  else if (folder === null) await waitForExit(pid, END_MS);
}

/** null where the system does not tell. */
async function workingFolder(pid: number): Promise<string | null> {
  return readlink(`/proc/${pid}/cwd`).catch(() => null);
}
