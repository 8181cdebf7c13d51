import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { PROBLEM_TYPE, toProblem } from '../../contract/problem.ts';
import { faultAt, type ProblemCode, ProblemError } from '../../errors.ts';

/** Seconds after which asking again makes sense, where the error itself does not say. */
const RETRY_AFTER: Partial<Record<ProblemCode, number>> = {
  storage_unavailable: 5,
  queue_full: 5,
  too_many_open: 5,
  rate_limited: 1,
  not_finished: 1,
  idempotency_in_progress: 1,
};

/** Fastify's own refusals as problems; anything that it does not name stays what it is. */
function translate(error: unknown, request: FastifyRequest): unknown {
  if (error instanceof ProblemError || !(error instanceof Error)) return error;
  const { code, statusCode } = error as { code?: unknown; statusCode?: unknown };
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return faultAt('body_too_large', '', `the body may have at most ${request.routeOptions.bodyLimit} bytes`);
  if (code === 'FST_ERR_CTP_INVALID_CONTENT_LENGTH')
    return faultAt('validation_failed', '', 'the body is not as long as Content-Length says');
  if (statusCode === 415) return new ProblemError('unsupported_media_type', 'Send the body as application/json.');
  if (statusCode === 404) return new ProblemError('not_found', 'There is nothing under this path.');
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500)
    return new ProblemError('validation_failed', 'The request could not be read.');
  return error;
}

function log(error: unknown, request: FastifyRequest): void {
  if (!(error instanceof ProblemError)) request.log.error({ err: error }, 'unexpected error');
  else if (error.status >= 500)
    request.log.warn({ code: error.code, cause: error.cause instanceof Error ? error.cause.message : undefined }, error.message);
}

/** Sends the problem document of an error. As a string: no serializer of the route may touch it. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  log(error, request);
  const problem = toProblem(error, request.id);
  const retryAfter = (error instanceof ProblemError ? error.retryAfter : undefined) ?? RETRY_AFTER[problem.code];
  if (retryAfter !== undefined) reply.header('retry-after', String(Math.ceil(retryAfter)));
  if (problem.code === 'unauthorized' && !reply.hasHeader('www-authenticate')) reply.header('www-authenticate', 'Bearer realm="wherefore"');
  return reply.code(problem.status).header('content-type', PROBLEM_TYPE).send(JSON.stringify(problem));
}

/** Every error of every route leaves as application/problem+json. */
export function problems(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => sendProblem(translate(error, request), request, reply));
}
