/**
 * The one table of problems. Every error that leaves the service, over HTTP or inside a failed job, is one of these
 * rows; docs/errors.md lists them and a test compares the two both ways.
 */
export const PROBLEMS = {
  validation_failed: { status: 400, retryable: false, title: 'The request does not fit the schema' },
  invalid_json: { status: 400, retryable: false, title: 'The body is not JSON' },
  invalid_cursor: { status: 400, retryable: false, title: 'The cursor does not belong to this list' },
  unauthorized: { status: 401, retryable: false, title: 'A valid API key is needed' },
  endpoint_forbidden: { status: 403, retryable: false, title: 'This endpoint is not open to the caller' },
  not_found: { status: 404, retryable: false, title: 'There is no such resource' },
  method_not_allowed: { status: 405, retryable: false, title: 'This path does not take that HTTP method' },
  not_acceptable: { status: 406, retryable: false, title: 'None of the accepted media types can be served' },
  not_finished: { status: 409, retryable: true, title: 'The explanation has not finished' },
  no_result: { status: 409, retryable: false, title: 'The explanation ended without a result' },
  already_finished: { status: 409, retryable: false, title: 'The explanation has already ended' },
  idempotency_in_progress: { status: 409, retryable: true, title: 'The first request with this Idempotency-Key has not been answered yet' },
  body_too_large: { status: 413, retryable: false, title: 'The body is too large' },
  unsupported_media_type: { status: 415, retryable: false, title: 'The body must be application/json' },
  idempotency_key_reused: { status: 422, retryable: false, title: 'The Idempotency-Key was used with another body' },
  unknown_endpoint: { status: 422, retryable: false, title: 'No endpoint of this name is configured' },
  address_forbidden: { status: 422, retryable: false, title: 'The address may not be reached from here' },
  unknown_model: { status: 422, retryable: false, title: 'The endpoint does not offer this model' },
  nothing_to_explain: { status: 422, retryable: false, title: 'The call holds no unit that could be taken away' },
  too_many_units: { status: 422, retryable: false, title: 'The call has more units than the service takes' },
  budget_too_small: { status: 422, retryable: false, title: 'The method cannot serve this many units within the budget' },
  budget_exhausted: { status: 422, retryable: false, title: 'The budget ended before there was enough to fit' },
  scorer_unavailable: { status: 422, retryable: false, title: 'The endpoint cannot feed this scorer' },
  unsupported_call: { status: 422, retryable: false, title: 'This kind of call cannot be explained here' },
  invalid_pattern: { status: 422, retryable: false, title: 'The pattern cannot be used' },
  target_not_found: { status: 422, retryable: false, title: 'The target is not in the completion' },
  target_unsupported: { status: 422, retryable: false, title: 'The scorer cannot score this target' },
  evaluations_missing: { status: 422, retryable: false, title: 'The stored evaluations do not hold what the method needs' },
  too_many_open: { status: 429, retryable: true, title: 'The caller has too many explanations under way' },
  rate_limited: { status: 429, retryable: true, title: 'Too many requests' },
  internal: { status: 500, retryable: true, title: 'The service made an error' },
  endpoint_refused: { status: 502, retryable: false, title: 'The endpoint refused the call' },
  endpoint_unreachable: { status: 502, retryable: true, title: 'The endpoint could not be reached or kept failing' },
  endpoint_malformed: { status: 502, retryable: true, title: 'The endpoint answered with something that is not a reply' },
  infiller_unusable: { status: 502, retryable: false, title: 'The infiller proposed no words that could be used' },
  too_few_evaluations: { status: 502, retryable: true, title: 'Too many evaluations failed to fit an attribution' },
  storage_unavailable: { status: 503, retryable: true, title: 'Redis is away' },
  no_worker: { status: 503, retryable: true, title: 'No worker is there to do it' },
  queue_full: { status: 503, retryable: true, title: 'The queue is full' },
  secret_unreadable: { status: 500, retryable: false, title: 'The key that came with the request cannot be read any more' },
  outdated_job: { status: 500, retryable: false, title: 'The job was stored by a release that this one cannot read' },
  attempts_exhausted: { status: 500, retryable: true, title: 'The job was given up after its attempts' },
  endpoint_timeout: { status: 504, retryable: true, title: 'The endpoint did not answer in time' },
} as const satisfies Record<string, { status: number; retryable: boolean; title: string }>;

export type ProblemCode = keyof typeof PROBLEMS;

/** One place of the request that is at fault; `pointer` is a JSON pointer (RFC 6901) into the body, '' is the whole body. */
export interface Fault {
  pointer: string;
  message: string;
}

/** An error that has a row in the table. `detail` is shown to the caller: never put a secret, a prompt or a completion in it. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly code: ProblemCode;
  readonly faults: readonly Fault[];
  /** Seconds to wait, for the Retry-After header. */
  readonly retryAfter: number | undefined;

  constructor(code: ProblemCode, detail: string, more: { faults?: readonly Fault[]; retryAfter?: number; cause?: unknown } = {}) {
    super(detail, more.cause === undefined ? undefined : { cause: more.cause });
    this.code = code;
    this.faults = more.faults ?? [];
    this.retryAfter = more.retryAfter;
  }

  get status(): number {
    return PROBLEMS[this.code].status;
  }

  get retryable(): boolean {
    return PROBLEMS[this.code].retryable;
  }
}

/** Shorthand for a problem that points to one field. */
export function faultAt(code: ProblemCode, pointer: string, message: string): ProblemError {
  return new ProblemError(code, message, { faults: [{ pointer, message }] });
}
