import type { Worker } from 'bullmq';
import type { Log } from '../service/ports.ts';
import { complaints } from './complaints.ts';

/** Redis answers, and takes no writes: full, unable to save, a replica, or without its majority. */
const REFUSED = /\b(OOM|MISCONF|READONLY|NOREPLICAS|CLUSTERDOWN|BUSY|LOADING)\b/;
const REST_MS = 1_000;

/**
 * Keeps a worker from making an outage worse: it complains at most once in ten seconds, and rests for a second whenever Redis
 * refuses to write. BullMQ waits by itself for a Redis that is away, but asks one that refuses for the next job as fast as
 * it can.
 */
export function restrain(worker: Worker, logger: Log, message: string, closing: AbortSignal): void {
  const complain = complaints(logger, message);
  let resting = false;
  worker.on('error', (error) => {
    complain(error.message);
    if (resting || closing.aborted || !REFUSED.test(error.message)) return;
    resting = true;
    const go = () => {
      resting = false;
      // it says by itself what goes wrong
      if (!closing.aborted) worker.resume().catch(() => undefined);
    };
    // without waiting for the jobs that it has: they wait for Redis, too
    void worker
      .pause(true)
      .catch(() => undefined)
      .finally(() => setTimeout(go, REST_MS));
  });
}
