import { findProgram } from './find.mjs';
import { quietly } from './quietly.mjs';

/**
 * A shell script, to be run as root. A new server package would start a system-wide Redis on port 6379, which nobody
 * asked for: `policy` (policy-rc.d, Debian policy 9.3.3) forbids starting services while the package is set up, and goes
 * again when it was not there before. Indexes are refreshed first because slim images come without any; that this fails
 * decides nothing. dpkg needs the folders of system programs on PATH, which `su` leaves out. One repeat covers another apt-get that held the index lock, for which apt has no timeout.
 */
export function aptScript(policy = '/usr/sbin/policy-rc.d') {
  return `
export DEBIAN_FRONTEND=noninteractive PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"
policy='${policy}'
if [ ! -e "$policy" ] && [ -w "\${policy%/*}" ]; then
  trap 'rm -f "$policy"' EXIT
  trap 'exit 130' INT TERM HUP
  printf '#!/bin/sh\\nexit 101\\n' > "$policy"
  chmod 755 "$policy"
fi
apt() {
  apt-get -q -y -o DPkg::Lock::Timeout=120 "$@"
}
attempt() {
  apt update
  apt install --no-install-recommends redis-server || apt install --no-install-recommends valkey-server
}
attempt || { sleep 5; attempt; } || exit 1
if [ -d /run/systemd/system ]; then
  systemctl disable redis-server.service valkey-server.service >/dev/null 2>&1
fi
exit 0
`;
}

/**
 * How this machine installs a Redis server without asking for a password, as a command to run; null when it has no way.
 * `after` is said when it has been done.
 */
export async function installerFor(searchPath, { platform = process.platform, isRoot = process.getuid?.() === 0 } = {}) {
  if (platform === 'darwin') {
    const brew = findProgram(['brew'], searchPath, ['/opt/homebrew/bin', '/usr/local/bin']);
    // Homebrew refuses to work as root.
    if (brew === null || isRoot) return null;
    return { title: 'brew install redis', command: brew, args: ['install', '--quiet', 'redis'], after: 'redis installed; no service was started' };
  }
  if (findProgram(['apt-get'], searchPath) === null) return null;
  const apt = { title: 'apt-get install redis-server', after: 'redis-server installed; its system service is left off' };
  if (isRoot) return { ...apt, command: 'sh', args: ['-c', aptScript()] };
  const sudo = findProgram(['sudo'], searchPath);
  if (sudo === null || (await quietly(sudo, ['-n', 'true'])).code !== 0) return null;
  return { ...apt, command: sudo, args: ['-n', 'sh', '-c', aptScript()] };
}
