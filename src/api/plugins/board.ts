import type { FastifyInstance, FastifyPluginCallback } from 'fastify';
import { ProblemError } from '../../errors.ts';
import type { Authenticator } from '../auth.ts';
import { sendProblem } from './problems.ts';

/** Where the operator's view of the queues is. */
export const BOARD_PATH = '/board';

/** Its page writes its settings and styles inline. */
const CSP =
  "default-src 'self'; img-src 'self' data:; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; " +
  "font-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'none'; frame-ancestors 'none'";

/** A browser asks for a name and a password: any name, and the key as the password, count as the key. */
function bearer(authorization: string | undefined): string | undefined {
  const basic = /^basic +([a-z0-9+/]+=*) *$/i.exec(authorization ?? '')?.[1];
  if (basic === undefined) return authorization;
  const pair = Buffer.from(basic, 'base64').toString('utf8');
  return `Bearer ${pair.slice(pair.indexOf(':') + 1)}`;
}

/** Serves the board to the operator, who may look at it and nothing else. */
export async function board(app: FastifyInstance, operator: Authenticator, pages: FastifyPluginCallback): Promise<void> {
  await app.register(async (scope) => {
    scope.addHook('onRequest', async (request, reply) => {
      reply.header('content-security-policy', CSP).header('cache-control', 'no-store').header('x-frame-options', 'DENY');
      try {
        request.owner = operator.owner(bearer(request.headers.authorization));
      } catch (error) {
        // the board's pages have an error handler of their own, which would make it a 500
        return sendProblem(error, request, reply.header('www-authenticate', 'Basic realm="wherefore operator"'));
      }
      if (request.method === 'GET' || request.method === 'HEAD') return;
      return sendProblem(new ProblemError('method_not_allowed', 'The board shows and changes nothing.'), request, reply.header('allow', 'GET, HEAD'));
    });
    await scope.register(pages, { prefix: BOARD_PATH });
  });
}
