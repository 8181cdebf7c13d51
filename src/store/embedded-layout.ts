import { createHash } from 'node:crypto';
import { chmod, lstat, mkdir, rm, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** Bytes a Unix socket's path may have everywhere: 107 on Linux, 103 on macOS, less a margin. */
const MAX_SOCKET_BYTES = 100;

/** Where the embedded Redis keeps what it needs. All paths are absolute. */
export interface Layout {
  /** Append-only files, pid file, log and owner file. Mode 700. */
  dir: string;
  socket: string;
  pidFile: string;
  logFile: string;
  ownerFile: string;
}

/**
 * The layout under a data folder, its folders made and closed to other users. A socket path that would be too long
 * goes to a folder of the temporary directory that is named by a hash of the data folder, so that every process that
 * uses the same data finds it.
 * @throws Error when the temporary folder belongs to someone else
 */
export async function layOut(dataDir: string): Promise<Layout> {
  const dir = join(resolve(dataDir), 'redis');
  await mkdir(dir, { recursive: true, mode: 0o700 });
  await chmod(dir, 0o700);
  const layout: Layout = {
    dir,
    socket: join(socketFolder(dir), 'redis.sock'),
    pidFile: join(dir, 'redis.pid'),
    logFile: join(dir, 'redis.log'),
    ownerFile: join(dir, 'owner.json'),
  };
  await makeSocketFolder(layout);
  return layout;
}

/** The temporary directory is shared: somebody could have put a folder, or a link, of this name there first. */
export async function makeSocketFolder(layout: Layout): Promise<void> {
  const folder = dirname(layout.socket);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const found = await lstat(folder);
  const mine = process.getuid === undefined || found.uid === process.getuid();
  if (!found.isDirectory() || !mine) throw new Error(`${folder} belongs to someone else; set DATA_DIR to a shorter path`);
  await chmod(folder, 0o700);
}

/** Removes the socket, which a killed server leaves behind, and its folder in the temporary directory. */
export async function removeSocket(layout: Layout): Promise<void> {
  await rm(layout.socket, { force: true });
  const folder = dirname(layout.socket);
  if (folder !== layout.dir) await rmdir(folder).catch(() => undefined);
}

function socketFolder(dir: string): string {
  if (fits(dir)) return dir;
  const name = `wherefore-${createHash('sha256').update(dir).digest('hex').slice(0, 16)}`;
  const near = join(tmpdir(), name);
  return fits(near) ? near : join('/tmp', name);
}

function fits(folder: string): boolean {
  return Buffer.byteLength(join(folder, 'redis.sock')) <= MAX_SOCKET_BYTES;
}
