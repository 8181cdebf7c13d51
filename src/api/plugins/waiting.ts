import type { FastifyInstance, FastifyReply } from 'fastify';

/**
 * Signals for replies that are held back: aborted when the caller goes away, and when the app closes, so that shutting
 * down never waits for a held reply. (`request.signal` will not do: Node closes a request as soon as its body is read.)
 */
export function waiting(app: FastifyInstance): (reply: FastifyReply) => AbortSignal {
  const closing = new AbortController();
  app.addHook('preClose', async () => closing.abort());
  return (reply) => {
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    return AbortSignal.any([closing.signal, gone.signal]);
  };
}
