import type { Problem } from './schema.ts';

export type ProblemCode = Problem['code'];

/** What the service says no with: an RFC 9457 problem. `code` is stable, `message` is for people. */
export class WhereforeError extends Error {
  override readonly name = 'WhereforeError';
  readonly code: ProblemCode;
  readonly status: number;
  /** What is wrong with the request, by JSON pointer; empty where nothing is. */
  readonly errors: readonly { pointer: string; message: string }[];
  /** Under which the service's log has it. */
  readonly requestId: string | null;
  /** Seconds after which asking again makes sense; null where it was not said. */
  readonly retryAfter: number | null;

  constructor(problem: Problem, retryAfter: number | null = null) {
    super(problem.detail);
    this.code = problem.code;
    this.status = problem.status;
    this.errors = problem.errors ?? [];
    this.requestId = problem.request_id;
    this.retryAfter = retryAfter;
  }
}

/** Seconds of a `Retry-After`; null where there is none. */
export function retryAfterOf(reply: Response): number | null {
  const text = reply.headers.get('retry-after');
  return text !== null && /^\d+$/.test(text) ? Number(text) : null;
}

/** The error of a reply that is none of 2xx and 304. A proxy's page becomes `internal` with its status. */
export async function errorOf(reply: Response): Promise<WhereforeError> {
  const body = await reply.text();
  const retryAfter = retryAfterOf(reply);
  if (reply.headers.get('content-type')?.startsWith('application/problem+json')) {
    return new WhereforeError(JSON.parse(body) as Problem, retryAfter);
  }
  const detail = `the service answered with status ${reply.status} and no problem document`;
  return new WhereforeError({ type: 'about:blank', title: reply.statusText, status: reply.status, detail, code: 'internal', request_id: reply.headers.get('x-request-id') }, retryAfter);
}
