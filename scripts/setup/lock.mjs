import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { say } from './say.mjs';

const POLL_MS = 200;
/** A lock without a process number this long after it was made is the leaving of a process that died in between. */
const UNSIGNED_MS = 5_000;

/** Runs `work` while no other set-up of this checkout does, so that two commands started at once do not install over each other. */
export async function withLock(path, work) {
  mkdirSync(dirname(path), { recursive: true });
  for (let told = false; !take(path); ) {
    const holder = holderOf(path);
    if (holder === null) {
      rmSync(path, { force: true });
      continue;
    }
    if (!told) say(`waiting for another set-up of this folder (process ${holder})`);
    told = true;
    await sleep(POLL_MS);
  }
  const release = () => rmSync(path, { force: true });
  // `work` may end the process, which runs no finally.
  process.once('exit', release);
  try {
    return await work();
  } finally {
    release();
    process.removeListener('exit', release);
  }
}

function take(path) {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/** The living process that holds the lock, null when it is stale. */
function holderOf(path) {
  try {
    const text = readFileSync(path, 'utf8');
    if (text === '') return Date.now() - statSync(path).mtimeMs < UNSIGNED_MS ? 'just starting' : null;
    process.kill(Number(text), 0);
    return text;
  } catch (error) {
    return error.code === 'EPERM' ? 'of another user' : null;
  }
}
