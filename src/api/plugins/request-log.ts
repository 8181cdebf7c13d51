import type { FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** Read by machines every few seconds, for nobody in particular. */
export const QUIET: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics']);

/** Read again and again until something has ended. */
const POLLED: ReadonlySet<string> = new Set(['/v1/explanations/:id', '/v1/batches/:id']);

const DETAILED: ReadonlySet<string> = new Set(['debug', 'trace']);

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

/**
 * What went well and is of no interest but in numbers: a poll tells an operator nothing, and a log in which one line in a
 * hundred is none hides the rest.
 */
function isRoutine({ route, method }: FastifyRequest, { statusCode }: FastifyReply): boolean {
  return QUIET.has(route) || (method === 'GET' && statusCode < 400 && POLLED.has(route));
}

/** One line per request: the route, never the body, the query or a header. */
export function requestLog(app: FastifyInstance): void {
  const log = plain(app.log);
  app.addHook('onResponse', (request, reply, done) => {
    const routine = isRoutine(request, reply);
    // most requests are routine, and most logs not that detailed
    if (!routine || DETAILED.has(log.level)) {
      const line = { request_id: request.id, method: request.method, route: request.route, job_id: jobOf(request, reply), status: reply.statusCode, ms: Math.round(reply.elapsedTime) };
      if (routine) log.debug(line, 'request');
      else log.info(line, 'request');
    }
    done();
  });
}
