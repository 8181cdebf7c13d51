import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { FromThread, Job, JobResult, ToThread } from './jobs.ts';
import { sharedPrefix } from './sequence.ts';

/** Jobs handed to a thread at once: one to work on, one to hide the way there. */
const OUTSTANDING = 2;
/** Prompts whose thread is remembered, per thread. */
const REMEMBERED = 64;

/** The model was closed; Fastify answers with the status code. */
class ShutDown extends Error {
  override readonly name = 'ShutDown';
  readonly statusCode = 503;

  constructor() {
    super('The model is shut down');
  }
}

interface Task {
  id: number;
  job: Job;
  signal: AbortSignal;
  resolve(result: JobResult): void;
  reject(error: Error): void;
}

/** One model thread with its queue. It is started with its first task and again should it ever die. */
export class ModelThread {
  #worker: Worker | null = null;
  #queue: Task[] = [];
  #posted = new Map<number, Task>();
  #recent: Int32Array[] = [];
  #nextId = 0;
  #closed = false;
  readonly #cacheBytes: number;

  constructor(cacheBytes: number) {
    this.#cacheBytes = cacheBytes;
  }

  /** Tokens waiting or being worked on. */
  get load(): number {
    return [...this.#posted.values(), ...this.#queue].reduce((sum, task) => sum + cost(task.job), 0);
  }

  /** Longest prefix of `ids` that this thread has read lately, in tokens. */
  familiarity(ids: Int32Array): number {
    return this.#recent.reduce((most, seen) => Math.max(most, sharedPrefix(seen, seen.length, ids, ids.length)), 0);
  }

  /** @throws the signal's reason when it was aborted before the thread could take the job */
  run(job: Job, signal: AbortSignal): Promise<JobResult> {
    if (this.#closed) return Promise.reject(new ShutDown());
    this.#recent = [job.ids, ...this.#recent].slice(0, REMEMBERED);
    return new Promise((resolve, reject) => {
      this.#queue.push({ id: this.#nextId++, job, signal, resolve, reject });
      this.#post();
    });
  }

  #post(): void {
    while (this.#posted.size < OUTSTANDING) {
      const task = this.#queue.shift();
      if (task === undefined) break;
      if (task.signal.aborted) {
        task.reject(asError(task.signal.reason));
        continue;
      }
      this.#worker ??= this.#start();
      this.#worker.ref();
      this.#posted.set(task.id, task);
      this.#worker.postMessage({ id: task.id, job: task.job } satisfies ToThread);
    }
    // An idle thread must not keep the process alive.
    if (this.#posted.size === 0) this.#worker?.unref();
  }

  #start(): Worker {
    const here = fileURLToPath(import.meta.url);
    const worker = new Worker(new URL(`./worker${extname(here)}`, import.meta.url), {
      workerData: { cacheBytes: this.#cacheBytes },
      execArgv: [],
    });
    worker.on('message', (answer: FromThread) => this.#settle(answer));
    worker.on('error', (error) => this.#lost(worker, asError(error)));
    worker.on('exit', (code) => this.#lost(worker, new Error(`The model thread ended with code ${code}`)));
    return worker;
  }

  #settle(answer: FromThread): void {
    const task = this.#posted.get(answer.id);
    this.#posted.delete(answer.id);
    if ('result' in answer) task?.resolve(answer.result);
    else task?.reject(new Error(answer.error));
    this.#post();
  }

  #lost(worker: Worker, error: Error): void {
    if (this.#worker !== worker) return;
    this.#worker = null;
    const posted = [...this.#posted.values()];
    this.#posted.clear();
    this.#recent = [];
    for (const task of posted) task.reject(this.#closed ? new ShutDown() : error);
    if (!this.#closed) this.#post();
  }

  /** Ends the thread; what it had not finished fails. */
  async close(): Promise<void> {
    this.#closed = true;
    const waiting = this.#queue;
    this.#queue = [];
    for (const task of waiting) task.reject(new ShutDown());
    await this.#worker?.terminate();
  }
}

/** Work of a job, in tokens; never 0. */
export function cost(job: Job): number {
  return job.ids.length + job.maxTokens + 1;
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
