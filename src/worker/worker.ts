import { DelayedError, type Job, Worker, type WorkerOptions } from 'bullmq';
import { PAYLOAD_VERSION, payloadSchema, QUEUE, versionedSchema } from '../contract/queue.ts';
import { ProblemError } from '../errors.ts';
import { methodOf } from '../service/method-of.ts';
import { fail, type ProcessorDeps, processJob } from './process.ts';
import { restrain } from './refusals.ts';
import { createSuspects } from './suspects.ts';

export interface WorkerSettings {
  connection: WorkerOptions['connection'];
  prefix: string;
  concurrency: number;
  /** Carries a trace along with a job. */
  telemetry?: WorkerOptions['telemetry'] | undefined;
  /** The newest version of jobs that is read; this release's own when left out. Tests stand in for an older release. */
  reads?: number;
}

/** Runs the work as a part of the job, so that whatever logs below says which one. */
export type Within = <T>(jobId: string, requestId: string | null, work: () => Promise<T>) => Promise<T>;

export interface RunningWorker {
  /** Stops taking jobs, hands the running ones back and resolves when they are; bounded by the caller. */
  close(): Promise<void>;
}

/** A lock of ten seconds, looked at every five: a job whose worker died goes on elsewhere within fifteen. */
export const RECOVERY = { lockDuration: 10_000, stalledInterval: 5_000 };
/** So that BullMQ fails no job by itself: processJob does, by what it is told, and the explanation never outlives its queue job. */
const NO_MAXIMUM = Number.MAX_SAFE_INTEGER;
/** A worker of an older release leaves the job to one that knows it. */
const OTHER_VERSION_DELAY_MS = 5_000;
/** A job that may be what ends workers waits until another such one is through. */
const SUSPECT_DELAY_MS = 2_000;
/** The worker that lost a job may live, and writes what it has once it reaches Redis again: after at most its longest reconnection delay. */
const TAKEN_OVER_MS = 2_000;

/** What goes to the queue in place of an error, which may quote anything; the error itself is the cause. */
class AttemptError extends Error {
  constructor(cause: unknown) {
    super(cause instanceof ProblemError ? cause.code : 'unexpected error', { cause });
  }
}

/** What a worker is told of its queue. */
export function queueOptions({ telemetry, reads: _reads, ...settings }: WorkerSettings): WorkerOptions {
  return { ...settings, ...(telemetry ? { telemetry } : {}) };
}

/** Takes jobs off the queue until closed. */
export function startWorker(deps: ProcessorDeps & { within: Within }, settings: WorkerSettings): RunningWorker {
  const { logger } = deps;
  const { reads = PAYLOAD_VERSION } = settings;
  const closing = new AbortController();
  const suspects = createSuspects();

  const handBack = async (job: Job, token: string | undefined, delay: number): Promise<never> => {
    await job.moveToDelayed(Date.now() + delay, token);
    throw new DelayedError();
  };

  const giveUp = async (id: string, problem: ProblemError): Promise<void> => {
    const stored = await deps.store.load(id);
    if (stored && (await fail(deps.store, id, problem, 'null'))) deps.meter.ended(methodOf(stored.request), 'failed');
  };

  const attempt = async (job: Job): Promise<'ended' | 'handed back' | 'unknown'> => {
    if (versionedSchema.parse(job.data).version > reads) return 'unknown';
    const { id, request_id: requestId } = payloadSchema.parse(job.data);
    const last = job.attemptsMade + 1 >= (job.opts.attempts ?? 1);
    const lost = job.stalledCounter;
    if (lost > 0) {
      logger.warn({ job_id: id, lost }, 'taken over from a worker that was lost');
      await new Promise((resolve) => setTimeout(resolve, TAKEN_OVER_MS));
    }
    try {
      return await deps.within(id, requestId ?? null, () => processJob(deps, { id, last, lost, reads, handBack: closing.signal }));
    } catch (error) {
      throw new AttemptError(error);
    }
  };

  const worker = new Worker(
    QUEUE,
    async (job, token) => {
      const end = await suspects.run(job.stalledCounter, () => attempt(job));
      if (end === null) return handBack(job, token, SUSPECT_DELAY_MS);
      if (end === 'unknown') return handBack(job, token, OTHER_VERSION_DELAY_MS);
      if (end === 'handed back') return handBack(job, token, 0);
      return null;
    },
    { ...queueOptions(settings), ...RECOVERY, maxStalledCount: NO_MAXIMUM },
  );
  restrain(worker, logger, 'queue connection', closing.signal);
  worker.on('failed', (job, error) => {
    if (!job) return;
    const exhausted = job.attemptsMade >= (job.opts.attempts ?? 1);
    logger.warn({ job_id: job.id, attempt: job.attemptsMade, error: error.message, exhausted }, 'attempt failed');
    if (!exhausted || job.id === undefined) return;
    const cause = error instanceof AttemptError ? error.cause : error;
    const problem = cause instanceof ProblemError ? cause : new ProblemError('attempts_exhausted', 'every attempt ended before the job did; the log has their errors', { cause });
    giveUp(job.id, problem).catch((fault: unknown) => logger.error({ job_id: job.id, error: fault }, 'the failure was not stored'));
  });
  return {
    async close() {
      closing.abort();
      await worker.close();
    },
  };
}
