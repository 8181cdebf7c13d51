import { access, constants, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';

const PROGRAMS = ['redis-server', 'valkey-server'];
/** Package managers put it here, and a service's PATH may leave these out. */
const USUAL_FOLDERS = ['/usr/bin', '/usr/local/bin', '/opt/homebrew/bin'];

/**
 * Absolute path of a Redis or Valkey server program: Redis before Valkey, the search path (as in PATH) before the usual folders.
 * @throws Error with what to do about it when there is none
 */
export async function findRedisBinary(searchPath: string, folders: readonly string[] = USUAL_FOLDERS): Promise<string> {
  for (const name of PROGRAMS) {
    for (const folder of [...searchPath.split(delimiter).filter(isAbsolute), ...folders]) {
      const path = join(folder, name);
      if (await isExecutable(path)) return path;
    }
  }
  throw new Error(
    'there is no redis-server or valkey-server on PATH: install one (apt-get install redis-server, brew install redis) or set REDIS_URL to a Redis that runs',
  );
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
