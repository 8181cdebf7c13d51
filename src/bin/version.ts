import { readFileSync } from 'node:fs';

/** The version of package.json, wherever this file was built to. */
export const version: string = (() => {
  for (let folder = new URL('.', import.meta.url), depth = 0; depth < 6; folder = new URL('..', folder), depth += 1) {
    try {
      const found = JSON.parse(readFileSync(new URL('package.json', folder), 'utf8')) as { name?: string; version?: string };
      if (found.name === 'wherefore' && found.version !== undefined) return found.version;
    } catch {
      // no package.json in this folder: look one up
    }
  }
  return '0.0.0';
})();
