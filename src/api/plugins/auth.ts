import type { FastifyInstance } from 'fastify';
import { NO_TERMS, type Terms, type TermsOf } from '../../service/terms.ts';
import type { Authenticator } from '../auth.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who calls; set before any handler of a guarded route runs. */
    owner: string;
    /** On what terms; null until a guarded route knows who calls. */
    terms: Terms | null;
    /** Bytes that the body may have by these terms; null = what holds for all. */
    bodyLimit: number | null;
  }
}

/** Makes `request.owner` known to the whole app; only `guard` fills it. */
export function owners(app: FastifyInstance): void {
  app.decorateRequest('owner', '');
  app.decorateRequest('bodyLimit', null);
  app.decorateRequest('terms', null);
}

/** Guards every route of this scope. It runs before the body is read, so a stranger cannot make the service parse one. */
export function guard(scope: FastifyInstance, auth: Authenticator, termsOf: TermsOf = () => NO_TERMS): void {
  scope.addHook('onRequest', (request, _reply, done) => {
    try {
      request.owner = auth.owner(request.headers.authorization);
      request.terms = termsOf(request.owner);
      request.bodyLimit = request.terms.maxBodyBytes;
      done();
    } catch (error) {
      done(error as Error);
    }
  });
}
