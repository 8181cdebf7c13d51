import { findProgram } from './find.mjs';
import { installerFor } from './redis-installers.mjs';
import { quietly } from './quietly.mjs';
import { EXIT, say, stopWith } from './say.mjs';

const PROGRAMS = ['redis-server', 'valkey-server'];
/** Package managers put it here, and a service's or an editor's PATH may leave these out. */
const USUAL_FOLDERS = ['/usr/bin', '/usr/local/bin', '/opt/homebrew/bin'];

/**
 * Path of a Redis or Valkey server program, which is installed by the system's package manager when it is missing and
 * that can be done without a password. Ends the process with remedies when there is none.
 * `need` is 'either' when REDIS_URL would do as well, 'server' when only a program will.
 */
export async function requireRedis(searchPath, need, folders = USUAL_FOLDERS, machine = {}) {
  const here = findProgram(PROGRAMS, searchPath, folders);
  if (here !== null) return here;
  const problem = await install(searchPath, machine);
  const there = findProgram(PROGRAMS, searchPath, folders);
  if (there !== null) return there;
  return stopWith(EXIT.config, ['No Redis: there is no redis-server or valkey-server on PATH.', problem, ...remedies(need)]);
}

/** What went wrong, or that there was no way to try. */
async function install(searchPath, machine) {
  const installer = await installerFor(searchPath, machine);
  if (installer === null) return 'It could not be installed without a password.';
  say(`installing redis-server (${installer.title})`);
  const { code, output } = await quietly(installer.command, installer.args);
  if (code === 0) say(installer.after);
  return code === 0 ? 'The package was installed, yet its program was not found.' : `${output}\n\nInstalling it failed (${code}); what was said is above.`;
}

function remedies(need) {
  const program = '  apt-get install redis-server     (as root; macOS: brew install redis)';
  if (need === 'server') return ['The tests start servers of their own, so REDIS_URL does not serve them. This helps:', program];
  return [
    'Any of these helps:',
    program,
    '  docker compose up -d redis       (then REDIS_URL=redis://127.0.0.1:6379)',
    '  REDIS_URL=redis://host:6379      (a Redis that runs already)',
  ];
}
