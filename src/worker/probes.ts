import { Worker } from 'bullmq';
import type { ProbeAnswer } from '../contract/probes.ts';
import { toProblem } from '../contract/problem.ts';
import { PROBE_QUEUE, probePayloadSchema } from '../contract/queue.ts';
import { ProblemError } from '../errors.ts';
import type { Endpoints, Log } from '../service/ports.ts';
import { restrain } from './refusals.ts';
import { queueOptions, type RunningWorker, type WorkerSettings } from './worker.ts';

/** A probe takes longer than this only when its worker keeps the lock alive. */
const LOCK_MS = 10_000;
const STALLED_MS = 5_000;

/** Probes endpoints on request until closed. What a probe fails with is its answer: it is not tried again. */
export function startProbes(deps: { endpoints: Endpoints; logger: Log }, settings: WorkerSettings): RunningWorker {
  const { endpoints, logger } = deps;
  const closing = new AbortController();

  const probe = async (name: string, model: string): Promise<ProbeAnswer> => {
    try {
      const endpoint = endpoints.get(name);
      if (!endpoint) throw new ProblemError('unknown_endpoint', `the worker has no endpoint named ${name}`);
      return { report: JSON.stringify(await endpoint.probe(model, closing.signal)) };
    } catch (error) {
      // another worker takes it on
      closing.signal.throwIfAborted();
      if (!(error instanceof ProblemError)) logger.error({ endpoint: name, error }, 'a probe failed on an unexpected error');
      return { problem: toProblem(error, null), retry_after: error instanceof ProblemError ? (error.retryAfter ?? null) : null };
    }
  };

  const worker = new Worker(
    PROBE_QUEUE,
    async (job) => {
      const { endpoint, model } = probePayloadSchema.parse(job.data);
      return probe(endpoint, model);
    },
    { ...queueOptions(settings), lockDuration: LOCK_MS, stalledInterval: STALLED_MS },
  );
  restrain(worker, logger, 'queue connection of probes', closing.signal);
  return {
    async close() {
      closing.abort();
      await worker.close();
    },
  };
}
