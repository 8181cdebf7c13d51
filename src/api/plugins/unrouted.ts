import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ProblemError } from '../../errors.ts';

interface Known {
  pattern: RegExp;
  methods: Set<string>;
}

/** A route's URL as an expression over request paths: `:name` is one segment, `*` the rest. */
function patternOf(url: string): RegExp {
  const body = url
    .split('/')
    .map((segment) => (segment.startsWith(':') ? '[^/]+' : segment === '*' ? '.*' : segment.replaceAll('.', '\\.')));
  return new RegExp(`^${body.join('/')}$`);
}

/**
 * Requests that no route takes: 405 with `Allow` where the path is known under another method, else 404. They are
 * refused before the body is read.
 */
export function unrouted(app: FastifyInstance): void {
  const known = new Map<string, Known>();
  app.addHook('onRoute', ({ url, method }) => {
    // preflights are answered before; a route for them makes no path known
    if ([method].flat().every((name) => name === 'OPTIONS')) return;
    const entry = known.get(url) ?? { pattern: patternOf(url), methods: new Set() };
    for (const name of [method].flat()) entry.methods.add(name);
    known.set(url, entry);
  });

  const refuse = (request: FastifyRequest, reply: FastifyReply): never => {
    const path = request.url.split('?')[0] ?? '';
    const allowed = new Set(
      [...known.values()].filter(({ pattern }) => pattern.test(path)).flatMap(({ methods }) => [...methods]),
    );
    if (allowed.size === 0 || allowed.has(request.method))
      throw new ProblemError('not_found', 'There is nothing under this path.');
    const list = [...allowed].toSorted().join(', ');
    reply.header('allow', list);
    throw new ProblemError('method_not_allowed', `This path takes ${list}.`);
  };

  app.addHook('onRequest', async (request, reply) => {
    if (request.is404) refuse(request, reply);
  });
  app.setNotFoundHandler(refuse);
}
