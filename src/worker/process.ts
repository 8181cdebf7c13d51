import { toProblem } from '../contract/problem.ts';
import type { ExplanationRequest } from '../contract/request.ts';
import { ProblemError } from '../errors.ts';
import { callerEndpointOf, openCredentials } from '../service/credentials.ts';
import { explain } from '../service/explain.ts';
import type { Flights } from '../service/flights.ts';
import type { JobMeter, Meter } from '../service/meter.ts';
import type { Limits } from '../service/plan.ts';
import { methodOf } from '../service/method-of.ts';
import { type Endpoints, type JobStore, type Log, type OutcomeCache, type Pace, type Status, type Stored, TERMINAL } from '../service/ports.ts';
import type { Vault } from '../service/vault.ts';
import { measured } from './measured.ts';
import { patient } from './patient.ts';
import { ProgressReporter } from './progress.ts';
import { readRequest, versionOf } from './stored-request.ts';

export interface ProcessorDeps {
  store: JobStore;
  endpoints: Endpoints;
  cache: OutcomeCache;
  /** What the jobs of this worker, and of others, ask just now. */
  flights: Flights;
  pace: Pace;
  limits: Limits;
  /** Opens the keys of endpoints that callers brought. */
  vault: Vault | null;
  version: string;
  meter: Meter;
  logger: Log;
}

/** A job may lose its worker this often; with one time more it is held to be what kills them. */
const MOST_LOST = 3;

export interface Attempt {
  id: string;
  /** Times that a worker had the job and was not heard of again. */
  lost: number;
  /** Whether a failure of this attempt is the job's failure. */
  last: boolean;
  handBack: AbortSignal;
  /** The newest version of jobs that is read; a newer one is left to workers that know it. */
  reads: number;
}

/**
 * One attempt at one job.
 * @returns 'ended' when the explanation is terminal or gone, 'handed back' when another worker shall go on, 'unknown' when
 * only a worker of a newer release can: then it was not touched
 * @throws the error of the attempt when the queue shall try again
 */
export async function processJob(given: ProcessorDeps, attempt: Attempt): Promise<'ended' | 'handed back' | 'unknown'> {
  const deps = { ...given, store: patient(given.store, attempt.handBack) };
  const { id } = attempt;
  const stored = await deps.store.load(id);
  if (!stored || TERMINAL.has(stored.status)) return 'ended';
  if (versionOf(stored) > attempt.reads) return 'unknown';
  const status = await deps.store.start(id);
  if (status === null) return 'ended';
  const waited = stored.startedAt === null ? (Date.now() - Date.parse(stored.createdAt)) / 1_000 : null;
  const meter = deps.meter.started(methodOf(stored.request), waited);
  try {
    const end = await processStarted({ ...deps, store: measured(deps.store, meter) }, { ...attempt, stored, status, meter });
    meter.left(end === 'ended' ? 'ended' : 'handed_back');
    return end;
  } catch (error) {
    meter.left('retried');
    throw error;
  }
}

interface Started extends Attempt {
  stored: Stored;
  status: Status;
  meter: JobMeter;
}

async function processStarted(deps: ProcessorDeps, attempt: Started): Promise<'ended' | 'handed back'> {
  const { store, logger } = deps;
  const { id, status, lost } = attempt;
  if (status !== 'in_progress') {
    await store.finish(id, { status: 'cancelled', result: 'null', error: 'null', evaluations: null, progress: 'null' });
    return 'ended';
  }
  if (lost > MOST_LOST) {
    logger.error({ lost }, 'job given up: it lost worker after worker');
    await fail(store, id, new ProblemError('attempts_exhausted', `the job lost its worker ${lost} times: it may be what ends them`), 'null');
    return 'ended';
  }
  const reporter = new ProgressReporter();
  const cancel = new AbortController();
  reporter.start(store, id, () => cancel.abort(), (error) => logger.warn({ error }, 'progress was not written'));
  try {
    await attemptJob(deps, attempt, cancel.signal, reporter);
    return 'ended';
  } catch (error) {
    await reporter.end();
    if (attempt.handBack.aborted) return 'handed back';
    if (cancel.signal.aborted) {
      await store.finish(id, { status: 'cancelled', result: 'null', error: 'null', evaluations: null, progress: reporter.json });
      return 'ended';
    }
    const retryable = !(error instanceof ProblemError) || error.retryable;
    if (retryable && !attempt.last) throw error;
    if (!(error instanceof ProblemError)) logger.error({ error }, 'job failed on an unexpected error');
    await fail(store, id, error, reporter.json);
    return 'ended';
  } finally {
    await reporter.end();
  }
}

/** Ends a job as failed; false when it had ended. The request id of the problem is the explanation's id: it is what the log holds. */
export async function fail(store: JobStore, id: string, error: unknown, progress: string): Promise<boolean> {
  return store.finish(id, { status: 'failed', result: 'null', error: JSON.stringify(toProblem(error, id)), evaluations: null, progress });
}

async function attemptJob(deps: ProcessorDeps, attempt: Started, cancel: AbortSignal, reporter: ProgressReporter): Promise<void> {
  const { stored } = attempt;
  const { store } = deps;
  const request = readRequest(stored);
  const given = callerEndpointOf(request);
  if (!given) return explained(deps, attempt, request, cancel, reporter);
  const { callers } = deps.endpoints;
  if (!callers) throw new ProblemError('endpoint_forbidden', 'this worker opens no endpoints of callers');
  const opened = callers.open(given, openCredentials(stored.id, await store.secret(stored.id), deps.vault));
  try {
    await explained({ ...deps, endpoints: opened }, attempt, request, cancel, reporter);
  } finally {
    await opened.close();
  }
}

async function explained(deps: ProcessorDeps, { stored, handBack, meter }: Started, request: ExplanationRequest, cancel: AbortSignal, reporter: ProgressReporter): Promise<void> {
  const { store, logger } = deps;
  const owned: Promise<void>[] = [];
  const known = new Set<string>();
  const started = performance.now();
  const { result, evaluations } = await explain({
    ...deps,
    owner: stored.owner,
    request,
    cancel,
    handBack,
    onProgress: (progress) => reporter.update(progress),
    onProvisional: (provisional) => reporter.provide(provisional),
    onEvaluated: (what, count) => meter.evaluated(what, count),
    onUsed: (keys) => {
      const fresh = keys.filter((key) => !known.has(key));
      for (const key of fresh) known.add(key);
      for (const owning of [store.ownCacheKeys(stored.id, fresh), store.confirmCacheKeys(stored.id, keys)]) {
        // awaited below; where the explanation fails first, this must not be an unhandled rejection
        owning.catch(() => null);
        owned.push(owning);
      }
    },
  });
  await Promise.all(owned);
  await reporter.end();
  const seconds = (performance.now() - started) / 1000;
  const cancelled = cancel.aborted;
  // a cancelled job gives what it has; where nothing could be scored it has nothing
  const kept = !cancelled || (result.contrast !== null && result.contrast.call !== null) || result.attributions.some((attribution) => attribution.scores.some((score) => score !== null));
  const phase = { phase: cancelled ? 'evaluating' : 'verifying', done: result.usage.calls + result.evaluations.cached, planned: result.usage.calls + result.evaluations.cached };
  await store.finish(stored.id, {
    status: cancelled ? 'cancelled' : 'completed',
    result: kept ? JSON.stringify(result) : 'null',
    error: 'null',
    evaluations: kept ? evaluations : null,
    progress: cancelled ? reporter.json : JSON.stringify(phase),
  });
  const { endpoint } = request;
  if (!cancelled && result.evaluations.cached === 0 && typeof endpoint === 'string') await deps.pace.learn(endpoint, request.call.model ?? '', result.usage.calls, seconds);
  logger.info({ method: request.method.id, calls: result.usage.calls, cached: result.evaluations.cached, failed: result.evaluations.failed, seconds }, 'explanation ended');
}
