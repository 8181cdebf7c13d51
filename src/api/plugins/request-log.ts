import type { FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** Read by machines every few seconds. */
export const QUIET: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics']);

const JOB_ID = /\bexp_[0-9a-z]{26}\b/;

/** The explanation that a request was about, or that it made; nothing else of a path is logged. */
function jobOf(request: FastifyRequest, reply: FastifyReply): string | undefined {
  const { id } = request.params as { id?: unknown };
  const made = reply.getHeader('location');
  return JOB_ID.exec(typeof id === 'string' ? id : typeof made === 'string' ? made : '')?.[0];
}

/** A logger that looks for no secrets in what it is given, for lines whose fields are all known: looking costs more than writing. */
function plain(log: FastifyBaseLogger): FastifyBaseLogger {
  return log.child({}, { redact: [] });
}

/** One line per request: the route, never the body, the query or a header. */
export function requestLog(app: FastifyInstance): void {
  const log = plain(app.log);
  app.addHook('onResponse', (request, reply, done) => {
    const { route } = request;
    const line = { request_id: request.id, method: request.method, route, job_id: jobOf(request, reply), status: reply.statusCode, ms: Math.round(reply.elapsedTime) };
    if (QUIET.has(route)) log.debug(line, 'request');
    else log.info(line, 'request');
    done();
  });
}
