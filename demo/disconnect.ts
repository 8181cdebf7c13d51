import type { FastifyReply } from 'fastify';

/**
 * A signal that is aborted when the caller goes before the reply was sent. Fastify's own `request.signal` follows the
 * request, which also closes once its body was read.
 */
export function whileConnected(reply: FastifyReply): AbortSignal {
  const caller = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) caller.abort();
  });
  return caller.signal;
}
