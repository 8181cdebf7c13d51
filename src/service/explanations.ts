import { catalogue } from '../contract/catalogue.ts';
import { ProblemError } from '../errors.ts';
import { readCursor, writeCursor } from './cursor.ts';
import { freshExplanation } from './fresh.ts';
import { once } from './idempotency.ts';
import type { Meter } from './meter.ts';
import { methodOf } from './method-of.ts';
import { planning, type PlanningDeps } from './planning.ts';
import { type Explanations, type Health, type Stored, TERMINAL } from './ports.ts';
import type { Probes } from './shared-ports.ts';
import { probing } from './probing.ts';
import { refit, tabulate } from './refit.ts';
import type { Service } from './service.ts';
import { directoryFor } from './terms.ts';

interface ServiceDeps extends PlanningDeps {
  explanations: Explanations;
  probes: Probes;
  /** Tells whether a worker is there to probe. */
  health: Health;
  meter?: Meter;
  now?: () => number;
}

/** The use cases of the API role. */
export function createService(deps: ServiceDeps): Service {
  const { explanations, endpoints, probes, health, limits, terms, vault, meter, now = Date.now } = deps;
  const planned = planning(deps);

  const found = <T>(id: string, what: T | null): T => {
    if (what === null) throw new ProblemError('not_found', id === 'latest' ? 'there is no explanation yet: post one first' : 'there is no explanation of this id');
    return what;
  };
  const read = async (owner: string, id: string): Promise<Stored> => found(id, await explanations.read(owner, id));
  /** The stored evaluations of a job that has some. */
  const evaluationsOf = async (owner: string, id: string) => {
    const stored = await read(owner, id);
    if (!TERMINAL.has(stored.status)) throw new ProblemError('not_finished', `the explanation is ${stored.status}: wait until it has ended`);
    const evaluations = stored.result === 'null' ? null : await explanations.readEvaluations(stored.id);
    if (evaluations === null) throw new ProblemError('no_result', `the explanation is ${stored.status} and kept no evaluations`);
    return { stored, evaluations };
  };

  return {
    async submit(owner, request, idempotency) {
      const ready = await planned(owner, request);
      const { stored, secret } = freshExplanation(owner, ready, now(), vault);
      return once({
        owner,
        idempotency,
        id: stored.id,
        bind: (...claim) => explanations.claimIdempotencyKey(...claim),
        release: (...claim) => explanations.releaseIdempotencyKey(...claim),
        read: (id) => explanations.read(owner, id),
        store: async () => {
          await explanations.create(stored, secret, terms(owner).maxOpen);
          meter?.accepted(ready.plan.request.method.id);
          return stored;
        },
      });
    },
    read,
    show: async (owner, id) => found(id, await explanations.show(owner, id)),
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
    async list(owner, { limit, cursor, ...filter }) {
      const { status = null, batch = null, from = null, before = null } = filter;
      const sealed = JSON.stringify([status, batch, from, before]);
      const page = await explanations.list(owner, { limit, ...filter, after: cursor === null ? null : readCursor(owner, sealed, cursor) });
      return { items: page.items, nextCursor: page.next ? writeCursor(owner, sealed, page.next) : null };
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
    estimate: async (owner, request) => (await planned(owner, request)).estimate,
    catalogue,
    ...probing({ probes, endpoints, health, terms }),
    endpoints: (owner) => {
      const own = directoryFor(terms(owner), endpoints);
      return { defaultName: own.defaultName, endpoints: own.list(), callerEndpoints: own.callers?.allowed === true && vault !== null };
    },
  };
}
