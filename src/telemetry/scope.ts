import { AsyncLocalStorage } from 'node:async_hooks';
import { isSpanContextValid, trace } from '@opentelemetry/api';

/*
 * Which request or job is being worked on, known to everything that runs within it: the log and the queue need not be
 * handed it.
 */

interface Scope {
  requestId: string | null;
  jobId: string | null;
}

const scopes = new AsyncLocalStorage<Scope>();

/** Runs `work` as a part of this request. */
export function withinRequest<T>(requestId: string, work: () => T): T {
  return scopes.run({ requestId, jobId: null }, work);
}

/** Runs `work` as a part of this job; the request is the one that submitted it, null where that is no longer known. */
export function withinJob<T>(jobId: string, requestId: string | null, work: () => T): T {
  return scopes.run({ requestId, jobId }, work);
}

export function currentRequestId(): string | null {
  return scopes.getStore()?.requestId ?? null;
}

/**
 * What a log line says of where it was written. A request's own logger holds its id, so that within a request, as opposed
 * to a job, only the trace is added.
 */
export function logFields(): Record<string, string> {
  const { jobId = null, requestId = null } = scopes.getStore() ?? {};
  const span = trace.getActiveSpan()?.spanContext();
  return {
    ...(jobId === null ? {} : { job_id: jobId }),
    ...(jobId === null || requestId === null ? {} : { request_id: requestId }),
    ...(span && isSpanContextValid(span) ? { trace_id: span.traceId, span_id: span.spanId } : {}),
  };
}
