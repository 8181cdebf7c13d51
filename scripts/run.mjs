#!/usr/bin/env node
/*
 * The one way in: `node scripts/run.mjs <command> [arguments]`, behind the npm scripts of the same names.
 *
 * It sets up what the command needs (packages, Node 24, Redis), says so only where there was something to do, and hands
 * over. It is plain JavaScript on node: built-ins alone, because it must run before anything is installed and on an
 * older Node (18 and up) than the service itself.
 */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launch } from './setup/launch.mjs';
import { requireNode } from './setup/node.mjs';
import { ensurePackages } from './setup/packages.mjs';
import { requireRedis } from './setup/redis.mjs';
import { EXIT, say, stopWith } from './setup/say.mjs';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/*
 * `redis`: url    = REDIS_URL has to be set, for roles that run on more than one machine;
 *          either = REDIS_URL, or a server program that the command starts for itself;
 *          server = a server program even with REDIS_URL, because tests never touch a Redis that is not theirs.
 */
const COMMANDS = {
  demo: { redis: 'either', run: ['src/bin/demo.ts'] },
  test: { redis: 'server', run: ['node_modules/vitest/vitest.mjs', 'run'] },
  start: { redis: 'either', run: ['src/bin/all.ts'] },
  api: { redis: 'url', run: ['src/bin/api.ts'] },
  worker: { redis: 'url', run: ['src/bin/worker.ts'] },
  bench: { redis: 'either', run: ['bench/index.ts'] },
  setup: { redis: 'server', run: null },
};

const [name = '', ...rest] = process.argv.slice(2);
const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
if (command === undefined) {
  stopWith(EXIT.usage, [`Usage: node scripts/run.mjs ${Object.keys(COMMANDS).join('|')} [arguments]`]);
}

const redisUrl = (process.env.REDIS_URL ?? '').trim();
if (command.redis === 'url' && redisUrl === '') {
  stopWith(EXIT.config, [
    `\`npm run ${name}\` runs one role against a shared Redis, so REDIS_URL has to be set, for example:`,
    `  REDIS_URL=redis://127.0.0.1:6379 npm run ${name}`,
    'API and worker in one process, with a Redis of their own: npm start',
  ]);
}

await ensurePackages(ROOT);
const node = requireNode(ROOT);
const needsServer = command.redis === 'server' || (command.redis === 'either' && redisUrl === '');
const redis = needsServer ? await requireRedis(process.env.PATH ?? '', command.redis) : null;

if (command.run === null) {
  say('Set-up is complete.');
} else {
  const [entry, ...fixed] = command.run;
  process.exitCode = await launch({
    node,
    args: [join(ROOT, entry), ...fixed, ...rest],
    cwd: ROOT,
    firstOnPath: [join(ROOT, 'node_modules', '.bin'), dirname(node)],
    lastOnPath: redis === null ? [] : [dirname(redis)],
  });
}
