import type { FastifyInstance } from 'fastify';
import { QUIET } from './request-log.ts';

/** What is known of a request when it comes in. */
export interface Incoming {
  id: string;
  method: string;
  /** The route's pattern, never the path. */
  route: string;
  headers: Record<string, unknown>;
  /** False for what machines ask every few seconds. */
  traced: boolean;
}

/** What a request is worked on within: whatever runs below knows which one it is part of. */
export interface RequestScope {
  run(handler: () => void): void;
  end(status: number): void;
}

declare module 'fastify' {
  interface FastifyRequest {
    scope: RequestScope | null;
  }
}

/** Every handler runs within the scope that `around` gives for its request. */
export function scoped(app: FastifyInstance, around: (request: Incoming) => RequestScope): void {
  app.decorateRequest('scope', null);
  app.addHook('onRequest', (request, _reply, done) => {
    const { id, method, route, headers } = request;
    request.scope = around({ id, method, route, headers, traced: !QUIET.has(route) });
    done();
  });
  // the last hook before the handler, and not earlier: reading the body leaves what was entered before
  app.addHook('preHandler', (request, _reply, done) => {
    if (request.scope) request.scope.run(done);
    else done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    request.scope?.end(reply.statusCode);
    done();
  });
}
