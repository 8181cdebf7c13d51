import { availableParallelism } from 'node:os';
import type { Job, JobResult } from './jobs.ts';
import { cost, ModelThread } from './threads.ts';

export interface PoolOptions {
  /** Worker threads; left out: as many as there are cores, 2 at most. */
  threads?: number | undefined;
  /** Memory of each thread's prefix cache; left out: 64 MiB. 0 = off. */
  cacheBytes?: number | undefined;
}

/** Ids compared one by one; a prefix stands before its continuations. */
export function compareIds(a: Int32Array, b: Int32Array): number {
  const most = Math.min(a.length, b.length);
  for (let i = 0; i < most; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}

/**
 * Positions of the jobs, sorted by prompt and cut into at most `parts` contiguous runs of about equal work, so that
 * neighbours in a run share the longest prefixes.
 */
export function contiguousRuns(jobs: readonly Job[], parts: number): number[][] {
  const order = jobs.keys().toArray().toSorted((a, b) => compareIds(jobs[a]!.ids, jobs[b]!.ids) || a - b);
  const total = jobs.reduce((sum, job) => sum + cost(job), 0);
  const runs: number[][] = Array.from({ length: parts }, () => []);
  let done = 0;
  for (const at of order) {
    const middle = done + cost(jobs[at]!) / 2;
    runs[Math.min(parts - 1, Math.floor((middle * parts) / total))]!.push(at);
    done += cost(jobs[at]!);
  }
  return runs.filter((run) => run.length > 0);
}

/** The model on several threads. */
export class ModelPool {
  readonly #threads: ModelThread[];

  constructor(options: PoolOptions = {}) {
    const threads = options.threads ?? Math.min(availableParallelism(), 2);
    this.#threads = Array.from({ length: threads }, () => new ModelThread(options.cacheBytes ?? 64 * 2 ** 20));
  }

  /**
   * Runs all jobs and gives their results in the same order.
   * @throws the signal's reason when it is aborted first
   */
  async run(jobs: readonly Job[], signal: AbortSignal): Promise<JobResult[]> {
    const results = Array.from<JobResult | undefined>({ length: jobs.length });
    const runs = contiguousRuns(jobs, this.#threads.length);
    const idle = new Set(this.#threads);
    await Promise.all(
      runs.flatMap((run) => {
        const thread = best([...idle], jobs[run[0]!]!.ids);
        idle.delete(thread);
        return run.map(async (at) => {
          results[at] = await thread.run(jobs[at]!, signal);
        });
      }),
    );
    return results.map((result) => result!);
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }
}

/** The least busy thread; among equals the one that knows most of the prompt, then the first. */
function best(threads: readonly ModelThread[], ids: Int32Array): ModelThread {
  return threads.reduce((chosen, thread) => {
    const busier = thread.load - chosen.load;
    return busier < 0 || (busier === 0 && thread.familiarity(ids) > chosen.familiarity(ids)) ? thread : chosen;
  });
}
