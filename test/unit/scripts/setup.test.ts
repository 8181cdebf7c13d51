import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../helpers/processes.ts';
import { ended, script, temporaryFolder, write } from './project.ts';

async function load<T>(name: string): Promise<T> {
  return (await import(pathToFileURL(join(ROOT, 'scripts', 'setup', name)).href)) as T;
}

describe('what is installed against the lockfile', async () => {
  interface Entry { version: string; optional?: boolean; os?: string | string[]; cpu?: string | string[]; libc?: string[] }
  type Lockfile = { packages: Record<string, Entry | object> };
  const { agrees } = await load<{ agrees: (asked: Lockfile, found: Lockfile, machine: { os: string; cpu: string }) => boolean }>('lockfiles.mjs');
  const machine = { os: 'linux', cpu: 'arm64' };
  const a: Entry = { version: '1.0.0' };
  const node = (more: Partial<Entry>): Entry => ({ version: '24.0.0', optional: true, ...more });

  it.each<[string, boolean, Record<string, Entry>, Record<string, Entry>]>([
    ['the same', true, { a }, { a }],
    ['another version', false, { a }, { a: { version: '1.0.1' } }],
    ['one missing', false, { a, b: a }, { a }],
    ['one too many', false, { a }, { a, b: a }],
    ['an optional one for this machine missing', false, { a, b: node({ os: 'linux', cpu: 'arm64' }) }, { a }],
    ['an optional one for another processor missing', true, { a, b: node({ os: 'linux', cpu: 'x64' }) }, { a }],
    ['an optional one for another system missing', true, { a, b: node({ os: ['darwin', 'win32'] }) }, { a }],
    ['an optional one that excludes this system missing', true, { a, b: node({ os: ['!linux'] }) }, { a }],
    ['an optional one that excludes others missing', false, { a, b: node({ os: ['!win32', '!aix'] }) }, { a }],
    ['an optional one for some C library missing', true, { a, b: node({ os: ['linux'], cpu: ['arm64'], libc: ['musl'] }) }, { a }],
    ['an optional one for any machine missing', true, { a, b: node({}) }, { a }],
    ['an optional one for this machine in another version', false, { a, b: node({ os: 'linux' }) }, { a, b: node({ version: '23.0.0' }) }],
  ])('%s: %s', (_, expected, asked, found) => {
    expect(agrees({ packages: { '': {}, ...asked } }, { packages: found }, machine)).toBe(expected);
  });

  it('the project’s own lockfile is what is installed here', async () => {
    const read = async (path: string) => JSON.parse(await readFile(join(ROOT, path), 'utf8')) as Lockfile;
    const here = { os: process.platform, cpu: process.arch };
    expect(agrees(await read('package-lock.json'), await read('node_modules/.package-lock.json'), here)).toBe(true);
  });
});

describe('a Node that is new enough', () => {
  const ask = (root: string, running: string) => script(`
    const { requireNode } = await load('node.mjs');
    console.log(requireNode(${JSON.stringify(root)}, ${running}));
  `);

  it('is the running one, unless it has just been replaced', async () => {
    const root = await temporaryFolder();
    const running = JSON.stringify({ version: '26.1.0', path: process.execPath });
    expect((await ask(root, running)).stdout.trim()).toBe(process.execPath);
    expect((await ask(root, '{ version: "26.1.0", path: "/nonexistent/node" }')).code).toBe(78);
  });

  it('is the packaged one for an older Node, if it runs here and is what it should be', async () => {
    const root = await temporaryFolder();
    const packaged = join(root, 'node_modules', '.bin', 'node');
    const old = JSON.stringify({ version: '18.20.1', path: process.execPath });
    const none = await ask(root, old);
    expect(none.code).toBe(78);
    expect(none.stderr).toMatch(/Node 24 or newer is needed; this is 18\.20\.1[^]*nvm install 24[^]*brew install[^]*nodejs\.org/);
    await write(packaged, '#!/nonexistent/loader\n', 0o755);
    expect((await ask(root, old)).code).toBe(78);
    await write(packaged, '#!/bin/sh\necho v22.3.0\n', 0o755);
    expect((await ask(root, old)).code).toBe(78);
    await write(packaged, '#!/bin/sh\necho v24.1.0\n', 0o755);
    expect((await ask(root, old)).stdout.trim()).toBe(packaged);
  });
});

describe('a Redis server program', () => {
  const ask = (searchPath: string, need: string, machine = '{ platform: "linux", isRoot: false }') => script(`
    const { requireRedis } = await load('redis.mjs');
    console.log(await requireRedis(${JSON.stringify(searchPath)}, '${need}', [], ${machine}));
  `);

  it('is taken from PATH: Redis before Valkey, files that may be run only', async () => {
    const root = await temporaryFolder();
    const [a, b] = [join(root, 'a'), join(root, 'b')];
    await mkdir(join(a, 'redis-server'), { recursive: true });
    await write(join(a, 'valkey-server'), '', 0o755);
    await write(join(b, 'redis-server'), '', 0o644);
    expect((await ask(`${a}:${b}`, 'either')).stdout.trim()).toBe(join(a, 'valkey-server'));
    await write(join(b, 'redis-server'), '', 0o755);
    expect((await ask(`${a}:${b}`, 'either')).stdout.trim()).toBe(join(b, 'redis-server'));
  });

  it('that cannot be had ends the command with 78 and one line per remedy', async () => {
    const root = await temporaryFolder();
    const either = await ask(root, 'either');
    expect(either.code).toBe(78);
    expect(either.stderr).toMatch(/apt-get install redis-server.*\n.*docker compose up -d redis.*\n.*REDIS_URL=/);
    const server = await ask(root, 'server');
    expect(server.code).toBe(78);
    expect(server.stderr).toContain('apt-get install redis-server');
    expect(server.stderr).not.toContain('docker');
  });

  it('is not installed when sudo wants a password', async () => {
    const root = await temporaryFolder();
    await write(join(root, 'apt-get'), `#!/bin/sh\ntouch "${root}/asked"\n`, 0o755);
    await write(join(root, 'sudo'), '#!/bin/sh\nexit 1\n', 0o755);
    const { code, stderr } = await ask(root, 'either');
    expect(code).toBe(78);
    expect(stderr).toContain('could not be installed without a password');
    await expect(readFile(join(root, 'asked'))).rejects.toThrow('ENOENT');
  });

  it('is installed through sudo when it asks for none, and what was said is shown only when that failed', async () => {
    const root = await temporaryFolder();
    await write(join(root, 'apt-get'), '', 0o755);
    await write(join(root, 'sudo'), `#!/bin/sh\necho "$*" >> "${root}/sudo-calls"\necho noise\n[ "$2" = true ] || { echo '#!/bin/sh' > "${root}/redis-server"; chmod 755 "${root}/redis-server"; }\n`, 0o755);
    const { code, stdout, stderr } = await ask(root, 'either');
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${join(root, 'redis-server')}\n` });
    expect(stderr).toBe('[set-up] installing redis-server (apt-get install redis-server)\n[set-up] redis-server installed; its system service is left off\n');
    expect(await readFile(join(root, 'sudo-calls'), 'utf8')).toMatch(/^-n true\n-n sh -c \n/);

    await write(join(root, 'sudo'), '#!/bin/sh\n[ "$2" = true ] || { echo no network; exit 100; }\n', 0o755);
    const other = await temporaryFolder();
    await write(join(other, 'apt-get'), '', 0o755);
    await write(join(other, 'sudo'), await readFile(join(root, 'sudo'), 'utf8'), 0o755);
    const failed = await ask(other, 'either');
    expect(failed.code).toBe(78);
    expect(failed.stderr).toMatch(/no network\n\nInstalling it failed \(100\)/);
  });

  it('is a matter of Homebrew on macOS, which does not work as root', async () => {
    const { installerFor } = await load<{
      installerFor: (path: string, machine: object) => Promise<{ command: string; args: string[] } | null>;
    }>('redis-installers.mjs');
    const root = await temporaryFolder();
    await write(join(root, 'brew'), '', 0o755);
    expect(await installerFor(root, { platform: 'darwin', isRoot: false })).toMatchObject({ command: join(root, 'brew'), args: ['install', '--quiet', 'redis'] });
    expect(await installerFor(root, { platform: 'darwin', isRoot: true })).toBeNull();
    expect(await installerFor(root, { platform: 'linux', isRoot: true })).toBeNull();
  });
});

describe('the script for apt', async () => {
  const { aptScript } = await load<{ aptScript: (policy: string) => string }>('redis-installers.mjs');

  /** Runs it with stand-ins for apt-get (which fails the installs that `fails` names, on the tries before `until`), sleep and systemctl. */
  async function apt(root: string, fails: string): Promise<{ code: number | null; calls: string }> {
    const policy = join(root, 'policy-rc.d');
    await write(
      join(root, 'bin', 'apt-get'),
      `#!/bin/sh\nif [ -e ${policy} ]; then ${policy} redis-server start >/dev/null; p=$?; else p=none; fi\necho "$DEBIAN_FRONTEND policy=$p $*" >> "${root}/calls"\n${fails}\n`,
      0o755,
    );
    await write(join(root, 'bin', 'sleep'), `#!/bin/sh\necho "sleep $1" >> "${root}/calls"\n`, 0o755);
    await write(join(root, 'bin', 'systemctl'), '#!/bin/sh\n', 0o755);
    const { code } = await ended('/bin/sh', ['-c', aptScript(policy)], { PATH: `${join(root, 'bin')}:/usr/bin:/bin` });
    return { code, calls: await readFile(join(root, 'calls'), 'utf8') };
  }

  const update = (policy: string) => `noninteractive policy=${policy} -q -y -o DPkg::Lock::Timeout=120 update\n`;
  const install = (policy: string, name: string) => `noninteractive policy=${policy} -q -y -o DPkg::Lock::Timeout=120 install --no-install-recommends ${name}\n`;

  it('forbids services while it installs, and takes that away again', async () => {
    const root = await temporaryFolder();
    expect(await apt(root, 'exit 0')).toEqual({ code: 0, calls: update('101') + install('101', 'redis-server') });
    await expect(readFile(join(root, 'policy-rc.d'))).rejects.toThrow('ENOENT');
  });

  it('leaves a policy that was there as it is', async () => {
    const root = await temporaryFolder();
    await write(join(root, 'policy-rc.d'), '#!/bin/sh\nexit 104\n', 0o755);
    expect((await apt(root, 'exit 0')).calls).toContain('policy=104');
    expect(await readFile(join(root, 'policy-rc.d'), 'utf8')).toBe('#!/bin/sh\nexit 104\n');
  });

  it('goes on without fresh indexes, and takes Valkey where there is no Redis', async () => {
    const root = await temporaryFolder();
    const { code, calls } = await apt(root, `case "$*" in *valkey-server) exit 0;; *) exit 100;; esac`);
    expect(code).toBe(0);
    expect(calls).toBe(update('101') + install('101', 'redis-server') + install('101', 'valkey-server'));
  });

  it('tries twice, fails when nothing helps, and still leaves no policy behind', async () => {
    const root = await temporaryFolder();
    const { code, calls } = await apt(root, 'exit 100');
    const once = update('101') + install('101', 'redis-server') + install('101', 'valkey-server');
    expect({ code, calls }).toEqual({ code: 1, calls: `${once}sleep 5\n${once}` });
    await expect(readFile(join(root, 'policy-rc.d'))).rejects.toThrow('ENOENT');
  });
});
