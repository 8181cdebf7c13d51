import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { npm, npmCalls, project, run, write } from './project.ts';

const REDIS_URL = 'redis://127.0.0.1:1';

it('an unknown command is told which there are, and nothing is set up', async () => {
  const root = await project();
  await npm(root);
  for (const args of [[], ['toString'], ['deploy']]) {
    const { code, stderr } = await run(root, args);
    expect(code).toBe(64);
    expect(stderr).toContain('demo|test|start|api|worker|bench');
  }
  expect(await npmCalls(root)).toEqual([]);
});

it.each(['api', 'worker'])('%s without REDIS_URL ends with 78 and says what to set, before anything is installed', async (name) => {
  const root = await project();
  await npm(root);
  for (const env of [{}, { REDIS_URL: '  ' }]) {
    const { code, stderr } = await run(root, [name], env);
    expect(code).toBe(78);
    expect(stderr).toContain(`REDIS_URL=redis://127.0.0.1:6379 npm run ${name}`);
  }
  expect(await npmCalls(root)).toEqual([]);
});

it('installs once, says so in one line, and hands over arguments, folder, PATH and exit code', async () => {
  const root = await project();
  await npm(root);
  const first = await run(root, ['api', '--one', 'two words'], { REDIS_URL, CODE: '5' });
  expect(first.code).toBe(5);
  expect(first.stderr).toBe('[set-up] installing packages (npm ci), about half a minute\n');
  const seen = JSON.parse(first.stdout) as { args: string[]; path: string; cwd: string };
  expect(seen.args).toEqual(['--one', 'two words']);
  expect(seen.cwd).toBe(root);
  expect(seen.path.split(delimiter).slice(0, 2)).toEqual([join(root, 'node_modules', '.bin'), dirname(process.execPath)]);
  expect(await npmCalls(root)).toEqual(['ci --include=dev --include=optional --no-audit --no-fund']);

  const second = await run(root, ['api'], { REDIS_URL });
  expect(second).toMatchObject({ code: 0, stderr: '' });
  expect((await npmCalls(root)).length).toBe(1);
});

it('installs again when the lockfile changed, or what is installed did', async () => {
  const root = await project();
  await npm(root);
  await run(root, ['api'], { REDIS_URL });
  await write(join(root, 'package-lock.json'), JSON.stringify({ packages: { '': {}, 'node_modules/a': { version: '1.0.1' } } }));
  await run(root, ['api'], { REDIS_URL });
  expect((await npmCalls(root)).length).toBe(2);
  await write(join(root, 'node_modules', '.package-lock.json'), JSON.stringify({ packages: {} }));
  await run(root, ['api'], { REDIS_URL });
  expect((await npmCalls(root)).length).toBe(3);
  await rm(join(root, 'node_modules'), { recursive: true });
  await run(root, ['api'], { REDIS_URL });
  expect((await npmCalls(root)).length).toBe(4);
});

it('takes packages that somebody else installed when they are the right ones', async () => {
  const root = await project();
  await npm(root);
  await write(join(root, 'node_modules', '.package-lock.json'), JSON.stringify({ packages: { 'node_modules/a': { version: '1.0.0' } } }));
  expect(await run(root, ['api'], { REDIS_URL })).toMatchObject({ code: 0, stderr: '' });
  expect(await npmCalls(root)).toEqual([]);
  expect(await readFile(join(root, 'node_modules', '.wherefore-lock'), 'utf8')).toMatch(/^[0-9a-f]{64} [0-9a-f]{64}\n$/);
});

it('shows what npm said when it failed, ends with 69, and tries again the next time', async () => {
  const root = await project();
  await npm(root, `console.error('no such registry'); process.exit(3);`);
  const { code, stdout, stderr } = await run(root, ['api'], { REDIS_URL });
  expect({ code, stdout }).toEqual({ code: 69, stdout: '' });
  expect(stderr).toContain('no such registry');
  expect(stderr).toContain('npm ci failed (3)');
  await npm(root);
  expect((await run(root, ['api'], { REDIS_URL })).code).toBe(0);
});

it('two commands at once install once; the lock of a set-up that died holds nobody up', async () => {
  const root = await project();
  await npm(root, `Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 700);`);
  const gone = spawn(process.execPath, ['-e', '']);
  await once(gone, 'exit');
  await write(join(root, '.data', 'setup.lock'), String(gone.pid));
  const ends = await Promise.all([run(root, ['api'], { REDIS_URL }), run(root, ['api'], { REDIS_URL })]);
  expect(ends.map((end) => end.code)).toEqual([0, 0]);
  expect((await npmCalls(root)).length).toBe(1);
});

it('passes SIGTERM on and ends with the program, not before it', async () => {
  const root = await project();
  await npm(root);
  const child = spawn(process.execPath, [join(root, 'scripts', 'run.mjs'), 'worker'], {
    env: { PATH: process.env['PATH'] ?? '', REDIS_URL, npm_execpath: join(root, 'stand-in', 'npm-cli.js') },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    if (text === 'ready\n') child.kill('SIGTERM');
  });
  await once(child, 'close');
  expect(child.exitCode).toBe(7);
  expect(output).toBe('ready\ntold to end\n');
});

it('a program that a signal ended gives the code that a shell gives', async () => {
  const root = await project();
  await npm(root);
  await write(join(root, 'src', 'bin', 'api.ts'), `process.kill(process.pid, 'SIGKILL');\nsetInterval(() => 0, 1000);\n`);
  expect((await run(root, ['api'], { REDIS_URL })).code).toBe(137);
});
