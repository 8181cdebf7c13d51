import { DelayedError, type Job, Worker, type WorkerOptions } from 'bullmq';
import { PAYLOAD_VERSION, payloadSchema, QUEUE } from '../contract/queue.ts';
import { ProblemError } from '../errors.ts';
import { methodOf } from '../service/method-of.ts';
import { fail, type ProcessorDeps, processJob } from './process.ts';

export interface WorkerSettings {
  connection: WorkerOptions['connection'];
  prefix: string;
  concurrency: number;
  /** Carries a trace along with a job. */
  telemetry?: WorkerOptions['telemetry'] | undefined;
}

/** Runs the work as a part of the job, so that whatever logs below says which one. */
export type Within = <T>(jobId: string, requestId: string | null, work: () => Promise<T>) => Promise<T>;

export interface RunningWorker {
  /** Stops taking jobs, hands the running ones back and resolves when they are; bounded by the caller. */
  close(): Promise<void>;
}

/** A lock of ten seconds, looked at every five: a job whose worker died goes on elsewhere within fifteen. */
const LOCK_MS = 10_000;
const STALLED_MS = 5_000;
/** A job may lose its worker this often before it is held to be what kills them. */
const MAX_STALLED = 3;
/** A worker of another payload version leaves the job to one that knows it. */
const OTHER_VERSION_DELAY_MS = 5_000;

/** What a worker is told of its queue. */
export function queueOptions({ telemetry, ...settings }: WorkerSettings): WorkerOptions {
  return { ...settings, ...(telemetry ? { telemetry } : {}) };
}

/** Takes jobs off the queue until closed. */
export function startWorker(deps: ProcessorDeps & { within: Within }, settings: WorkerSettings): RunningWorker {
  const { logger } = deps;
  const closing = new AbortController();

  const handBack = async (job: Job, token: string | undefined, delay: number): Promise<never> => {
    await job.moveToDelayed(Date.now() + delay, token);
    throw new DelayedError();
  };

  const giveUp = async (id: string, problem: ProblemError): Promise<void> => {
    const stored = await deps.store.load(id);
    if (stored && (await fail(deps.store, id, problem, 'null'))) deps.meter.ended(methodOf(stored.request), 'failed');
  };

  const worker = new Worker(
    QUEUE,
    async (job, token) => {
      const payload = payloadSchema.parse(job.data);
      if (payload.version > PAYLOAD_VERSION) return handBack(job, token, OTHER_VERSION_DELAY_MS);
      const last = job.attemptsMade + 1 >= (job.opts.attempts ?? 1);
      const end = await deps.within(payload.id, payload.request_id ?? null, () => processJob(deps, { id: payload.id, last, handBack: closing.signal }));
      if (end === 'handed back') return handBack(job, token, 0);
      return null;
    },
    { ...queueOptions(settings), lockDuration: LOCK_MS, stalledInterval: STALLED_MS, maxStalledCount: MAX_STALLED },
  );
  worker.on('error', (error) => logger.warn({ error: error.message }, 'queue connection'));
  worker.on('failed', (job, error) => {
    if (!job) return;
    const exhausted = job.attemptsMade >= (job.opts.attempts ?? 1) || error.message.includes('stalled');
    logger.warn({ job_id: job.id, attempt: job.attemptsMade, error: error.message, exhausted }, 'attempt failed');
    if (!exhausted || job.id === undefined) return;
    const problem = error instanceof ProblemError ? error : new ProblemError('attempts_exhausted', 'every attempt ended before the job did: its worker was lost or the storage was away', { cause: error });
    giveUp(job.id, problem).catch((cause: unknown) => logger.error({ job_id: job.id, error: cause }, 'the failure was not stored'));
  });
  return {
    async close() {
      closing.abort();
      await worker.close();
    },
  };
}
