import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { ROOT } from '../../helpers/processes.ts';

const FAILING = `
import { beforeAll, describe, expect, it } from 'vitest';
it('passes', () => expect(1).toBe(1));
it('fails', () => expect(1).toBe(2));
it.skip('is skipped', () => undefined);
it.todo('is still to do');
describe('a suite', () => { it('fails inside', () => { throw new Error('inside'); }); });
describe('a suite with a broken hook', () => {
  beforeAll(() => { throw new Error('hook'); });
  it('is not run', () => undefined);
});
`;

/** Runs Vitest with the project's reporters over one file that holds this text; gives the last line and the exit code. */
async function run(text: string): Promise<{ last: string | undefined; code: number | null }> {
  const folder = await mkdtemp(join(tmpdir(), 'wherefore-reporter-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  await writeFile(join(folder, 'some.test.mjs'), text);
  const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
  const reporters = ['--reporter=default', `--reporter=${join(ROOT, 'test', 'reporter.ts')}`];
  const child = spawn(process.execPath, [vitest, 'run', '--root', folder, ...reporters], {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  await once(child, 'close');
  return { last: output.trimEnd().split('\n').at(-1), code: child.exitCode };
}

it.each([
  ['a run in order', `import { it } from 'vitest'; it('a', () => undefined); it('b', () => undefined);`, '2 passed, 0 failed', 0],
  ['tests, suites and hooks that fail', FAILING, '1 passed, 3 failed, 3 skipped', 1],
  ['a file that cannot be loaded', `throw new Error('load');`, '0 passed, 1 failed', 1],
  [
    'a stray rejection',
    `import { it } from 'vitest'; it('a', async () => { void Promise.reject(new Error('stray')); await new Promise(setImmediate); });`,
    '1 passed, 1 failed',
    1,
  ],
])('%s ends with a line that says so', async (_, text, last, code) => {
  expect(await run(text)).toEqual({ last, code });
});
