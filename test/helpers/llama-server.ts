import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { toGguf } from '../../demo/to-gguf.ts';
import { freePort } from './ports.ts';

/** Path of llama.cpp's llama-server; '' where none is named. docs/operations.md says where to get one. */
export const LLAMA_SERVER = process.env['LLAMA_SERVER'] ?? '';

const READY_MS = 60_000;
/** Of its log, what an error shows. */
const TAIL = 2_000;

/** Memory of its own for each slot, and no second memory that would hide what order is worth. */
export const SPLIT_SLOTS = ['-np', '8', '--no-kv-unified', '-c', '4096', '--cache-ram', '0'];

export interface LlamaServer {
  /** Base URL, /v1 included. */
  url: string;
  root: string;
  close(): Promise<void>;
}

/**
 * A llama-server on a free loopback port that serves the embedded model, converted for it.
 * @throws Error with the end of its log when it ends before it is ready, or is not ready in time
 */
export async function startLlamaServer(flags: readonly string[]): Promise<LlamaServer> {
  const folder = await mkdtemp(join(tmpdir(), 'wherefore-llama-'));
  const model = join(folder, 'tiny-reader.gguf');
  await writeFile(model, toGguf());
  const port = await freePort();
  const root = `http://127.0.0.1:${port}`;
  const args = ['-m', model, '--alias', 'tiny-reader', '--host', '127.0.0.1', '--port', String(port), '-t', '1', ...flags];
  const child = spawn(LLAMA_SERVER, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  const keep = (text: string) => void (log = (log + text).slice(-TAIL));
  child.stdout.setEncoding('utf8').on('data', keep);
  child.stderr.setEncoding('utf8').on('data', keep);
  const exit = once(child, 'close').catch((error: unknown) => keep(String(error)));
  const orphan = () => void child.kill('SIGKILL');
  process.once('exit', orphan);
  const close = async (): Promise<void> => {
    child.kill('SIGTERM');
    const timer = setTimeout(orphan, 10_000);
    await exit;
    clearTimeout(timer);
    process.removeListener('exit', orphan);
    await rm(folder, { recursive: true, force: true });
  };
  for (const deadline = Date.now() + READY_MS; Date.now() < deadline && child.exitCode === null && child.pid !== undefined; await sleep(50)) {
    if (await ready(root)) return { url: `${root}/v1`, root, close };
  }
  await close();
  throw new Error(`${LLAMA_SERVER} was not ready\n${log}`);
}

async function ready(root: string): Promise<boolean> {
  try {
    return (await fetch(`${root}/health`, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false;
  }
}
