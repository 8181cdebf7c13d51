import type { BatchRequest } from '../contract/batches.ts';
import type { ExplanationRequest } from '../contract/request.ts';
import type { Estimate } from '../contract/resource.ts';
import { type Fault, ProblemError } from '../errors.ts';
import type { BatchStore, StoredBatch } from './batch-ports.ts';
import { readCursor, writeCursor } from './cursor.ts';
import { rounded } from './estimate.ts';
import { freshExplanation, freshId, freshWebhook } from './fresh.ts';
import { once } from './idempotency.ts';
import type { Meter } from './meter.ts';
import { methodOf } from './method-of.ts';
import { type Planned, planning, type PlanningDeps, refuseWebhook } from './planning.ts';
import type { BatchService } from './service.ts';

interface BatchingDeps extends PlanningDeps {
  batches: BatchStore;
  meter?: Meter;
  now: () => number;
}

/** Places named in one problem. */
const MOST_FAULTS = 50;

function sum(estimates: readonly Estimate[]): Estimate {
  const total = (of: (estimate: Estimate) => number) => estimates.reduce((all, estimate) => all + of(estimate), 0);
  const known = (of: (estimate: Estimate) => number | null) => (estimates.some((one) => of(one) === null) ? null : total((one) => of(one) ?? 0));
  return rounded({
    calls: total((one) => one.calls),
    prompt_tokens: total((one) => one.prompt_tokens),
    completion_tokens: total((one) => one.completion_tokens),
    cost_usd: known((one) => one.cost_usd),
    seconds: known((one) => one.seconds),
    units: total((one) => one.units),
    basis: estimates.every((one) => one.basis === 'tokenizer') ? 'tokenizer' : 'characters',
  });
}

/** The faults of one request as those of the batch it is in. */
function faultsIn({ faults, message }: ProblemError, index: number): Fault[] {
  const at = `/requests/${index}`;
  return faults.length === 0 ? [{ pointer: at, message }] : faults.map((fault) => ({ ...fault, pointer: `${at}${fault.pointer}` }));
}

/** Plans all, so that every one that cannot be served is named; the first of them gives the problem its code. */
async function planAll(requests: readonly ExplanationRequest[], plan: (request: ExplanationRequest) => Promise<Planned>): Promise<Planned[]> {
  const planned: Planned[] = [];
  const faults: Fault[] = [];
  let first: { error: ProblemError; index: number } | null = null;
  for (const [index, request] of requests.entries()) {
    try {
      planned.push(await plan(request));
    } catch (error) {
      if (!(error instanceof ProblemError) || error.status >= 500) throw error;
      first ??= { error, index };
      faults.push(...faultsIn(error, index));
    }
  }
  if (first) throw new ProblemError(first.error.code, `requests/${first.index}: ${first.error.message}; nothing was queued`, { faults: faults.slice(0, MOST_FAULTS) });
  return planned;
}

/** The use cases of batches. */
export function batching(deps: BatchingDeps): BatchService {
  const { batches, terms, webhookFault, vault, meter, now } = deps;
  const plan = planning(deps);

  const read = async (owner: string, id: string): Promise<StoredBatch> => {
    const batch = await batches.read(owner, id);
    if (!batch) throw new ProblemError('not_found', 'there is no batch of this id');
    return batch;
  };

  const store = async (owner: string, id: string, request: BatchRequest): Promise<StoredBatch> => {
    refuseWebhook(request.webhook, webhookFault);
    const planned = await planAll(request.requests, (one) => plan(owner, one));
    const at = now();
    const explanations = planned.map((one, index) => freshExplanation(owner, one, at, vault, { id, index }));
    const count = explanations.length;
    const batch: StoredBatch = {
      id,
      owner,
      status: 'queued',
      createdAt: new Date(at).toISOString(),
      finishedAt: null,
      expiresAt: null,
      counts: { total: count, queued: count, in_progress: 0, cancelling: 0, completed: 0, failed: 0, cancelled: 0 },
      metadata: JSON.stringify(request.metadata),
      estimate: JSON.stringify(sum(planned.map(({ estimate }) => estimate))),
      webhook: freshWebhook(request.webhook),
      revision: 0,
    };
    await batches.create(batch, explanations, terms(owner).maxOpen);
    for (const { plan: { request: { method } } } of planned) meter?.accepted(method.id);
    return batch;
  };

  return {
    submitBatch: (owner, request, idempotency) => {
      const id = freshId('bat', now());
      return once({
        owner,
        idempotency,
        id,
        bind: (...claim) => batches.claimIdempotencyKey(...claim),
        release: (...claim) => batches.releaseIdempotencyKey(...claim),
        read: (bound) => batches.read(owner, bound),
        store: () => store(owner, id, request),
      });
    },
    readBatch: read,
    async readBatchWhenEnded(owner, id, milliseconds, signal) {
      const batch = await read(owner, id);
      if (batch.finishedAt !== null) return batch;
      await batches.waitForEnd(owner, id, milliseconds, signal);
      return read(owner, id);
    },
    async listBatches(owner, { limit, cursor }) {
      const page = await batches.list(owner, { limit, after: cursor === null ? null : readCursor(owner, 'batches', cursor) });
      return { items: page.items, nextCursor: page.next ? writeCursor(owner, 'batches', page.next) : null };
    },
    async cancelBatch(owner, id) {
      await read(owner, id);
      const told = (request: string): void => meter?.ended(methodOf(request), 'cancelled');
      return (await batches.cancel(owner, id, told)) ?? read(owner, id);
    },
    async eraseBatch(owner, id) {
      await read(owner, id);
      await batches.erase(owner, id);
    },
  };
}
