import { ulid } from 'ulid';
import { catalogue } from '../contract/catalogue.ts';
import type { ExplanationRequest } from '../contract/request.ts';
import { ProblemError } from '../errors.ts';
import { admitCaller, callerEndpointOf, sealCredentials, withoutKey } from './credentials.ts';
import { readCursor, writeCursor } from './cursor.ts';
import { estimateOf } from './estimate.ts';
import type { Meter } from './meter.ts';
import { methodOf } from './method-of.ts';
import { type Limits, planFor } from './plan.ts';
import { type EndpointDirectory, type Explanations, type Health, type Pace, type Stored, TERMINAL } from './ports.ts';
import type { Probes } from './shared-ports.ts';
import { probing } from './probing.ts';
import { refit, tabulate } from './refit.ts';
import type { Service } from './service.ts';
import type { Vault } from './vault.ts';

interface ServiceDeps {
  explanations: Explanations;
  endpoints: EndpointDirectory;
  pace: Pace;
  probes: Probes;
  /** Tells whether a worker is there to probe. */
  health: Health;
  limits: Limits;
  /** Keeps the keys of endpoints that callers bring; null: they may bring none. */
  vault?: Vault | null;
  meter?: Meter;
  now?: () => number;
}

function newStored(owner: string, request: ExplanationRequest, estimate: unknown, now: number): Stored {
  return {
    id: `exp_${ulid(now).toLowerCase()}`,
    owner,
    status: 'queued',
    createdAt: new Date(now).toISOString(),
    startedAt: null,
    finishedAt: null,
    expiresAt: null,
    progress: 'null',
    estimate: JSON.stringify(estimate),
    metadata: JSON.stringify(request.metadata),
    request: JSON.stringify(request),
    result: 'null',
    error: 'null',
    revision: 0,
  };
}

/** The use cases of the API role. */
export function createService({ explanations, endpoints, pace, probes, health, limits, vault = null, meter, now = Date.now }: ServiceDeps): Service {
  const read = async (owner: string, id: string): Promise<Stored> => {
    const stored = await explanations.read(owner, id);
    if (!stored) throw new ProblemError('not_found', id === 'latest' ? 'there is no explanation yet: post one first' : 'there is no explanation of this id');
    return stored;
  };
  const planned = async (request: ExplanationRequest) => {
    admitCaller(request, endpoints, vault);
    const plan = planFor(request, endpoints, limits);
    // what others saw at an address says nothing of how fast a caller's key is served there
    const known = callerEndpointOf(request) ? null : await pace.secondsPerCall(plan.endpoint.name, plan.model);
    return { plan, estimate: estimateOf(plan, known) };
  };
  /** The stored evaluations of a job that has some. */
  const evaluationsOf = async (owner: string, id: string) => {
    const stored = await read(owner, id);
    if (!TERMINAL.has(stored.status)) throw new ProblemError('not_finished', `the explanation is ${stored.status}: wait until it has ended`);
    const evaluations = stored.result === 'null' ? null : await explanations.readEvaluations(stored.id);
    if (evaluations === null) throw new ProblemError('no_result', `the explanation is ${stored.status} and kept no evaluations`);
    return { stored, evaluations };
  };

  return {
    async submit(owner, given, idempotency) {
      const { request, apiKey } = withoutKey(given);
      const { plan, estimate } = await planned(request);
      const stored = newStored(owner, plan.request, estimate, now());
      if (idempotency) {
        const bound = await explanations.claimIdempotencyKey(owner, idempotency.key, idempotency.bodyHash, stored.id);
        if (bound && bound.bodyHash !== idempotency.bodyHash) {
          throw new ProblemError('idempotency_key_reused', 'this Idempotency-Key was sent with another body before', {
            faults: [{ pointer: '', message: 'differs from the body first sent with this key' }],
          });
        }
        if (bound) {
          const first = await explanations.read(owner, bound.id);
          if (!first) throw new ProblemError('idempotency_in_progress', 'the first request with this Idempotency-Key is still being taken in', { retryAfter: 1 });
          return { stored: first, replayed: true };
        }
      }
      try {
        await explanations.create(stored, sealCredentials(owner, stored.id, request, apiKey, vault));
      } catch (error) {
        // where this fails too, the claim runs out by itself, and the first error is the one to tell
        if (idempotency) await explanations.releaseIdempotencyKey(owner, idempotency.key).catch(() => null);
        throw error;
      }
      meter?.accepted(plan.request.method.id);
      return { stored, replayed: false };
    },
    read,
    async readWhenEnded(owner, id, milliseconds, signal) {
      const stored = await read(owner, id);
      if (TERMINAL.has(stored.status)) return stored;
      await explanations.waitForEnd(owner, stored.id, milliseconds, signal);
      return read(owner, stored.id);
    },
    async follow(owner, id, after, signal) {
      const stored = await read(owner, id);
      return { stored, events: explanations.events(owner, stored.id, after, signal) };
    },
    async list(owner, { limit, status, cursor }) {
      const filter = status ?? '';
      const page = await explanations.list(owner, { limit, status, after: cursor === null ? null : readCursor(owner, filter, cursor) });
      return { items: page.items, nextCursor: page.next ? writeCursor(owner, filter, page.next) : null };
    },
    async cancel(owner, id) {
      const stored = await read(owner, id);
      const after = (await explanations.cancel(owner, stored.id)) ?? stored;
      if (stored.status === 'queued' && after.status === 'cancelled') meter?.ended(methodOf(stored.request), 'cancelled');
      return after;
    },
    async erase(owner, id) {
      const stored = await read(owner, id);
      await explanations.erase(owner, stored.id);
    },
    async attribute(owner, id, body) {
      const { stored, evaluations } = await evaluationsOf(owner, id);
      return refit({ stored, evaluations, body, directory: endpoints, limits });
    },
    async evaluations(owner, id) {
      const { stored, evaluations } = await evaluationsOf(owner, id);
      return tabulate({ stored, evaluations, directory: endpoints, limits });
    },
    estimate: async (_owner, request) => (await planned(withoutKey(request).request)).estimate,
    catalogue,
    ...probing({ probes, endpoints, health }),
    endpoints: () => ({ defaultName: endpoints.defaultName, endpoints: endpoints.list(), callerEndpoints: endpoints.callers?.allowed === true && vault !== null }),
  };
}
