import { parentPort, workerData } from 'node:worker_threads';
import { Engine } from './engine.ts';
import type { FromThread, ToThread } from './jobs.ts';
import { findModelFolder } from './model-files.ts';
import { Tokenizer } from './tokenizer.ts';

/*
 * The body of one model thread: a job in, its result out, in order.
 */

const port = parentPort;
if (port === null) throw new Error('This file is the body of a worker thread');

const { cacheBytes } = workerData as { cacheBytes: number };
const folder = findModelFolder();
const engine = new Engine(folder, new Tokenizer(folder), cacheBytes);

port.on('message', ({ id, job }: ToThread) => {
  let answer: FromThread;
  try {
    answer = { id, result: engine.run(job) };
  } catch (error) {
    answer = { id, error: error instanceof Error ? error.message : String(error) };
  }
  port.postMessage(answer);
});
