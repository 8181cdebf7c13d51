import type { FastifyInstance } from 'fastify';
import type { Authenticator } from '../auth.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who calls; set before any handler of a guarded route runs. */
    owner: string;
  }
}

/** Makes `request.owner` known to the whole app; only `guard` fills it. */
export function owners(app: FastifyInstance): void {
  app.decorateRequest('owner', '');
}

/** Guards every route of this scope. It runs before the body is read, so a stranger cannot make the service parse one. */
export function guard(scope: FastifyInstance, auth: Authenticator): void {
  scope.addHook('onRequest', (request, _reply, done) => {
    try {
      request.owner = auth.owner(request.headers.authorization);
      done();
    } catch (error) {
      done(error as Error);
    }
  });
}
