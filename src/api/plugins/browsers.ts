import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';
import helmet from 'helmet';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** What scripts of other origins may read of a reply besides its body. */
const EXPOSED = ['ETag', 'Location', 'Retry-After', 'RateLimit', 'RateLimit-Policy', 'X-Request-Id', 'Idempotent-Replayed', 'Preference-Applied'];

/** Where a browser is given something to show; all else is data. */
const PAGES = /^\/(?:docs|board)(?:\/|$)|\/report$/;

/** What only tells a browser how to treat a page: six more headers for every poll to write, and data is no page. */
const OF_PAGES = { crossOriginOpenerPolicy: false, originAgentCluster: false, xDnsPrefetchControl: false, xDownloadOptions: false, xPermittedCrossDomainPolicies: false, xXssProtection: false } as const;

/** The headers that helmet would set. They depend on nothing of a request, and working them out for each costs more than serving it. */
function helmetHeaders(origins: readonly string[], less: Partial<typeof OF_PAGES> = {}): Record<string, string> {
  const headers: Record<string, string> = {};
  const middleware = helmet({
    ...less,
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"], baseUri: ["'none'"], formAction: ["'none'"] } },
    crossOriginResourcePolicy: { policy: origins.length === 0 ? 'same-origin' : 'cross-origin' },
    referrerPolicy: { policy: 'no-referrer' },
    // for browsers that do not know frame-ancestors
    frameguard: { action: 'deny' },
    // whoever ends TLS knows for how long and for which names; sent over plain HTTP it means nothing
    strictTransportSecurity: false,
  });
  const collector = { setHeader: (name: string, value: string) => (headers[name.toLowerCase()] = value), removeHeader: () => undefined };
  middleware({} as IncomingMessage, collector as unknown as ServerResponse, (error) => {
    if (error instanceof Error) throw error;
  });
  return headers;
}

/**
 * What browsers are told: replies are data and load nothing (pages set policies of their own), and other origins may not
 * read them but for those that the operator named. Keys come in a header, so no credentials of the browser are let through.
 * @param origins none: no CORS at all; `*` stands for any
 */
export async function browsers(app: FastifyInstance, origins: readonly string[]): Promise<void> {
  const [ofPages, ofData] = [helmetHeaders(origins), helmetHeaders(origins, OF_PAGES)];
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(PAGES.test(request.route) ? ofPages : ofData);
    done();
  });
  if (origins.length === 0) return;
  await app.register(cors, {
    origin: origins.includes('*') ? '*' : [...origins],
    methods: ['GET', 'POST', 'DELETE'],
    exposedHeaders: EXPOSED,
    maxAge: 600,
    strictPreflight: false,
  });
}
