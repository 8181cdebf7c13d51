import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ProblemError } from '../../errors.ts';
import { RATE_WINDOW_SECONDS, type RatePolicy, type Rates } from '../../service/rates.ts';
import type { Terms } from '../../service/terms.ts';

const QUOTA: Record<RatePolicy, (terms: Terms) => number | null> = {
  requests: (terms) => terms.requestsPerMinute,
  explanations: (terms) => terms.explanationsPerMinute,
};

/** Adds an item to a header that is a list (RFC 9651). */
function append(reply: FastifyReply, name: string, item: string): void {
  const before = reply.getHeader(name);
  reply.header(name, typeof before === 'string' ? `${before}, ${item}` : item);
}

/** Takes from what the owner may use, and says in the reply what is left of it. @throws ProblemError rate_limited */
export type Charge = (request: FastifyRequest, reply: FastifyReply, policy: RatePolicy, cost: number) => Promise<void>;

/**
 * Limits per owner, with the header fields of draft-ietf-httpapi-ratelimit-headers (`RateLimit-Policy` and `RateLimit`,
 * structured fields). Every request to this scope is charged as one.
 */
export function rates(scope: FastifyInstance, store: Rates): Charge {
  const charge: Charge = async (request, reply, policy, cost) => {
    const quota = request.terms && QUOTA[policy](request.terms);
    if (quota === null) return;
    append(reply, 'ratelimit-policy', `"${policy}";q=${quota};w=${RATE_WINDOW_SECONDS}`);
    const rate = await store.take(request.owner, policy, quota, cost);
    if (rate === null) return;
    append(reply, 'ratelimit', `"${policy}";r=${rate.remaining};t=${rate.resetSeconds}`);
    if (rate.allowed) return;
    const detail = cost > quota ? `${cost} ${policy} at once are more than the ${quota} a minute that this owner may have` : `more than ${quota} ${policy} within a minute`;
    throw new ProblemError('rate_limited', detail, { retryAfter: rate.resetSeconds });
  };
  scope.addHook('onRequest', (request, reply, done) => {
    // most owners have no such limit, and need not wait for anything
    if ((request.terms?.requestsPerMinute ?? null) === null) done();
    else charge(request, reply, 'requests', 1).then(() => done(), done);
  });
  return charge;
}
