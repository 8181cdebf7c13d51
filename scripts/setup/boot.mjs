import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const READY_MS = 60_000;

/**
 * Starts the service on a free port with its own data folder, waits until /healthz answers, and ends it again.
 * @throws Error with its output when it does not answer, or does not end with 0
 */
export async function boot(node, entry, folder, searchPath) {
  const port = await freePort();
  const env = { PATH: searchPath, HOST: '127.0.0.1', PORT: String(port), DATA_DIR: join(folder, 'data'), NODE_ENV: 'production' };
  const child = spawn(node, [entry], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => output.push(chunk));
  const closed = once(child, 'close');
  const answered = await answers(`http://127.0.0.1:${port}/healthz`, child);
  child.kill('SIGTERM');
  const [code, signal] = await closed;
  if (answered && code === 0) return;
  const problem = answered ? `it ended with ${code ?? signal} on SIGTERM` : '/healthz did not answer';
  throw new Error(`${Buffer.concat(output).toString('utf8')}\n${problem}`);
}

async function answers(url, child) {
  for (const deadline = Date.now() + READY_MS; Date.now() < deadline && child.exitCode === null; await sleep(100)) {
    const reply = await fetch(url).catch(() => null);
    if (reply?.ok) return true;
  }
  return false;
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
