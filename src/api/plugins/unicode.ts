import type { FastifyInstance } from 'fastify';
import { illFormed } from '../../contract/problem.ts';
import { ProblemError } from '../../errors.ts';

/** JSON can spell half a surrogate pair (`\ud800`), which no endpoint could be sent; such bodies are refused as a whole. */
export function unicodeBodies(app: FastifyInstance): void {
  app.addHook('preValidation', (request, _reply, done) => {
    // the bytes are UTF-8, which has no halves
    if (request.body === undefined || !request.escaped) return done();
    const faults = illFormed(request.body).slice(0, 50);
    const first = faults[0];
    done(first ? new ProblemError('validation_failed', `body ${first.pointer} ${first.message}`, { faults }) : undefined);
  });
}
