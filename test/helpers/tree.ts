import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Source } from './imports.ts';
import { ROOT } from './processes.ts';

/** What a copy without git must not be searched for. */
const GENERATED = new Set(['node_modules', '.git', 'dist', '.data', 'coverage']);

/** Paths of all files of the project, from its root: what git tracks or would track, else what is there. */
export function projectFiles(): string[] {
  try {
    const list = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return list.split('\0').filter((path) => path !== '').sort();
  } catch {
    return walk('').sort();
  }
}

/** The project's files below some folders and with some ending, with their texts. A file that git knows and the disk does not is left out. */
export function sources(folders: readonly string[], ending: RegExp): Source[] {
  return projectFiles()
    .filter((path) => folders.some((folder) => path.startsWith(`${folder}/`)) && ending.test(path))
    .flatMap((path) => read(path));
}

export function read(path: string): Source[] {
  try {
    return [{ path, text: readFileSync(join(ROOT, path), 'utf8') }];
  } catch {
    return [];
  }
}

function walk(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return GENERATED.has(entry.name) ? [] : walk(path);
    return [path];
  });
}
