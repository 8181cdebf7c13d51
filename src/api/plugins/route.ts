import type { FastifyInstance } from 'fastify';

declare module 'fastify' {
  interface FastifyRequest {
    /** The route's pattern, never the path; `unmatched` where no route takes the request. */
    route: string;
  }
}

/** Found out once: Fastify makes an object of all that it knows of a route each time that it is asked. */
export function routes(app: FastifyInstance): void {
  app.decorateRequest('route', '');
  app.addHook('onRequest', (request, _reply, done) => {
    request.route = request.routeOptions.url ?? 'unmatched';
    done();
  });
}
