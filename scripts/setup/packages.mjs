import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { agrees } from './lockfiles.mjs';
import { withLock } from './lock.mjs';
import { quietly } from './quietly.mjs';
import { EXIT, say, stopWith } from './say.mjs';

/** Development and platform packages are asked for by name: NODE_ENV or an npm setting may say to leave them out. */
const INSTALL = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund'];

/** Makes node_modules what package-lock.json says. Costs two small reads when it already is. */
export async function ensurePackages(root) {
  if (areInstalled(root)) return;
  await withLock(join(root, '.data', 'setup.lock'), async () => {
    if (areInstalled(root)) return;
    say('installing packages (npm ci), about half a minute');
    const [command, first] = npmCommand(process.env);
    const { code, output } = await quietly(command, [...first, ...INSTALL], { cwd: root });
    if (code !== 0) stopWith(EXIT.unavailable, [output, '', `npm ci failed (${code}); what it said is above. Is the package registry within reach?`]);
    mark(root);
  });
}

/** What npm left (its hidden lockfile) belongs to the lockfile, and nothing has changed either since that was found. */
function areInstalled(root) {
  const asked = read(join(root, 'package-lock.json'));
  const found = read(hiddenLockfile(root));
  if (asked === null || found === null) return false;
  if (read(marker(root)) === fingerprint(asked, found)) return true;
  if (!agrees(JSON.parse(asked), JSON.parse(found))) return false;
  mark(root);
  return true;
}

function mark(root) {
  const asked = read(join(root, 'package-lock.json'));
  const found = read(hiddenLockfile(root));
  if (asked !== null && found !== null) writeFileSync(marker(root), fingerprint(asked, found));
}

const marker = (root) => join(root, 'node_modules', '.wherefore-lock');
const hiddenLockfile = (root) => join(root, 'node_modules', '.package-lock.json');
const hash = (text) => createHash('sha256').update(text).digest('hex');
/** Both sides: `npm prune` or an install without some kinds of packages changes only the second. */
const fingerprint = (asked, found) => `${hash(asked)} ${hash(found)}\n`;

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

/** The npm that started this script, else the one on PATH. */
export function npmCommand(env) {
  const path = env.npm_execpath ?? '';
  return /^npm(-cli)?\.[cm]?js$/.test(basename(path)) ? [process.execPath, [path]] : ['npm', []];
}
