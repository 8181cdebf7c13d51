import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { ROOT } from '../../helpers/processes.ts';

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A folder that is deleted when the test has ended. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'wherefore-setup-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes a text file with the folders it needs. */
export async function write(path: string, text: string, mode = 0o644): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  await chmod(path, mode);
}

/** A checkout of its own with the real scripts, a lockfile and, in place of the service, entries that print how they were started. */
export async function project(): Promise<string> {
  const root = await temporaryFolder();
  await cp(join(ROOT, 'scripts'), join(root, 'scripts'), { recursive: true });
  await write(join(root, 'package.json'), '{"type":"module"}');
  await write(join(root, 'package-lock.json'), JSON.stringify({ packages: { '': {}, 'node_modules/a': { version: '1.0.0' } } }));
  const entry = `process.stdout.write(JSON.stringify({ args: process.argv.slice(2), path: process.env.PATH, cwd: process.cwd() }) + '\\n');\n`;
  await write(join(root, 'src', 'bin', 'api.ts'), `${entry}process.exitCode = Number(process.env.CODE ?? 0) as number;\n`);
  await write(
    join(root, 'src', 'bin', 'worker.ts'),
    `process.on('SIGTERM', () => { process.stdout.write('told to end\\n'); process.exit(7); });\nsetInterval(() => 0, 1000);\nprocess.stdout.write('ready\\n');\n`,
  );
  return root;
}

/** A stand-in for npm that writes down its arguments and leaves what an install leaves; the real one needs a registry. */
export async function npm(root: string, body = ''): Promise<string> {
  const path = join(root, 'stand-in', 'npm-cli.js');
  const text = `
const fs = require('node:fs');
fs.appendFileSync('npm-calls', process.argv.slice(2).join(' ') + '\\n');
${body}
fs.mkdirSync('node_modules', { recursive: true });
const packages = { ...JSON.parse(fs.readFileSync('package-lock.json', 'utf8')).packages };
delete packages[''];
fs.writeFileSync('node_modules/.package-lock.json', JSON.stringify({ packages }));
`;
  await write(path, text);
  await write(join(root, 'stand-in', 'package.json'), '{"type":"commonjs"}');
  return path;
}

export async function npmCalls(root: string): Promise<string[]> {
  const text = await readFile(join(root, 'npm-calls'), 'utf8').catch(() => '');
  return text.split('\n').filter((line) => line !== '');
}

/** `node scripts/run.mjs …` in that checkout, started by that npm. */
export async function run(root: string, args: string[], env: Record<string, string> = {}): Promise<Ended> {
  return node([join(root, 'scripts', 'run.mjs'), ...args], { npm_execpath: join(root, 'stand-in', 'npm-cli.js'), ...env });
}

/** A program text that imports from scripts/setup, run by itself, since the scripts may end the process. */
export async function script(text: string, env: Record<string, string> = {}): Promise<Ended> {
  const prelude = `const load = (name) => import(${JSON.stringify(`file://${join(ROOT, 'scripts', 'setup')}/`)} + name);\n`;
  return node(['--input-type=module', '-e', prelude + text], env);
}

async function node(args: string[], env: Record<string, string>): Promise<Ended> {
  return ended(process.execPath, args, { PATH: process.env['PATH'] ?? '', ...env });
}

export async function ended(command: string, args: string[], env: Record<string, string>): Promise<Ended> {
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const texts = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (texts.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (texts.stderr += text));
  await once(child, 'close');
  return { code: child.exitCode, ...texts };
}
