/*
 * Whether the build starts with nothing but production packages: what the Dockerfile does, in a temporary folder.
 * Ends with 0 when /healthz answers and the service closes in order, else with 1 and the reason.
 */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { boot } from './setup/boot.mjs';
import { requireNode } from './setup/node.mjs';
import { ensurePackages, npmCommand } from './setup/packages.mjs';
import { quietly } from './setup/quietly.mjs';
import { requireRedis } from './setup/redis.mjs';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

await ensurePackages(ROOT);
const node = requireNode(ROOT);
const redis = await requireRedis(process.env.PATH ?? '', 'server');
const folder = mkdtempSync(join(tmpdir(), 'wherefore-production-'));
const [npm, first] = npmCommand(process.env);

async function step(title, command, args, cwd) {
  process.stdout.write(`${title}\n`);
  const { code, output } = await quietly(command, args, { cwd });
  if (code !== 0) throw new Error(`${output}\n${title}: ended with ${code}`);
}

try {
  const dist = join(folder, 'dist');
  await step('building', node, [join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.build.json', '--outDir', dist], ROOT);
  for (const name of ['package.json', 'package-lock.json']) cpSync(join(ROOT, name), join(folder, name));
  cpSync(join(ROOT, 'demo', 'model'), join(dist, 'demo', 'model'), { recursive: true });
  await step('installing production packages', npm, [...first, 'ci', '--omit=dev', '--omit=optional', '--no-audit', '--no-fund'], folder);
  process.stdout.write('starting\n');
  await boot(node, join(dist, 'src', 'bin', 'all.js'), folder, dirname(redis));
  process.stdout.write('The production build starts, answers and closes.\n');
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
