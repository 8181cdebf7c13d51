import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

/**
 * The first of `names` that is an executable file, name by name and then folder by folder, as an absolute path; null
 * when there is none. Relative entries of the search path are left out: what they name depends on the working folder.
 */
export function findProgram(names, searchPath, more = []) {
  const folders = [...searchPath.split(delimiter).filter(isAbsolute), ...more];
  for (const name of names) {
    for (const folder of folders) {
      const path = join(folder, name);
      if (isExecutable(path)) return path;
    }
  }
  return null;
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
