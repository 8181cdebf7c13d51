import { EventEmitter, once } from 'node:events';
import { documentOf } from '../../../src/api/document.ts';
import { catalogue } from '../../../src/contract/catalogue.ts';
import { EXPLANATION_EXAMPLE } from '../../../src/contract/example-explanation.ts';
import { probeReply } from '../../../src/contract/probes.ts';
import { type ExplanationRequest, filledRequest } from '../../../src/contract/request.ts';
import type { Estimate, ResultAttribution, ResultTarget } from '../../../src/contract/resource.ts';
import type { EvaluationTable } from '../../../src/core/evaluationtable.ts';
import type { TargetSpec } from '../../../src/core/types.ts';
import { faultAt, ProblemError } from '../../../src/errors.ts';
import { type EndpointInfo, type JobEvent, type Status, type Stored, TERMINAL } from '../../../src/service/ports.ts';
import type { Service } from '../../../src/service/service.ts';

const ENDPOINT: EndpointInfo = {
  name: 'demo',
  dialect: 'openai',
  baseUrl: 'http://user:secret@127.0.0.1:8000/v1',
  models: ['tiny-reader'],
  concurrency: 4,
  maxBatch: 16,
  requestsPerMinute: null,
  tokensPerMinute: 1_000,
  timeoutSeconds: 30,
  price: { promptPerMillion: 0.15, completionPerMillion: 0.6 },
  embedding: null,
  nli: null,
  contradiction: null,
  judge: { endpoint: 'other', model: 'a-judge', price: null },
};

/** Log-probabilities of a completion of two tokens under leave-one-out masks over three units. */
export const TABLE: EvaluationTable = {
  units: [0, 1, 2],
  columns: ['A tortoise', '.'],
  foils: [],
  rows: [
    { mask: [1, 1, 1], holdout: false, sample: 0, values: [-0.25, 0], divergence: null, measured: null, completion: null, opening: null, edits: null },
    { mask: [0, 1, 1], holdout: false, sample: 0, values: [-0.5, 0], divergence: null, measured: null, completion: null, opening: null, edits: null },
    { mask: [1, 0, 1], holdout: false, sample: 0, values: [-12.25, -1], divergence: null, measured: null, completion: null, opening: null, edits: null },
    { mask: [1, 1, 0], holdout: true, sample: 0, values: [null, null], divergence: null, measured: null, completion: null, opening: null, edits: null },
  ],
};

function total(values: EvaluationTable['rows'][number]['values'] | undefined): number | null {
  return values === undefined || values.includes(null) ? null : values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
}

/** The `Service` port over a Map: jobs move when a test says so, everything else is as the contract has it. */
export class MemoryService implements Service {
  readonly #jobs = new Map<string, Stored>();
  readonly #keys = new Map<string, { id: string; bodyHash: string }>();
  readonly #events = new Map<string, JobEvent[]>();
  readonly #changes = new EventEmitter().setMaxListeners(0);
  #count = 0;

  /** Changes a job as a worker would. */
  move(id: string, change: Partial<Stored>): void {
    const job = this.#jobs.get(id);
    if (job === undefined) throw new Error(`no job ${id}`);
    const moved = { ...job, ...change, revision: job.revision + 1 };
    this.#jobs.set(id, moved);
    if (change.status) this.tell(id, TERMINAL.has(moved.status) ? (moved.status as JobEvent['type']) : 'status', { status: moved.status });
    this.#changes.emit(id);
  }

  /** Adds an event to what followers of the job see. */
  tell(id: string, type: JobEvent['type'], data: unknown): void {
    const events = this.#events.get(id) ?? [];
    this.#events.set(id, [...events, { id: `${events.length + 1}-0`, type, data: JSON.stringify(data) }]);
    this.#changes.emit(id);
  }

  complete(id: string): void {
    const at = '2026-11-23T09:00:01.000Z';
    this.move(id, { status: 'completed', startedAt: at, finishedAt: at, result: JSON.stringify(EXPLANATION_EXAMPLE.result) });
  }

  /** Completes whatever has not ended. */
  completeAll(): void {
    for (const { id, status } of this.#jobs.values()) if (!TERMINAL.has(status)) this.complete(id);
  }

  async submit(owner: string, request: ExplanationRequest, idempotency: { key: string; bodyHash: string } | null) {
    const known = idempotency && this.#keys.get(`${owner}\n${idempotency.key}`);
    if (known && known.bodyHash !== idempotency?.bodyHash) throw new ProblemError('idempotency_key_reused', 'another body');
    if (known) return { stored: await this.read(owner, known.id), replayed: true };
    const estimate = await this.estimate(owner, request);
    this.#count += 1;
    const id = `exp_${String(this.#count).padStart(26, '0')}`;
    if (idempotency) this.#keys.set(`${owner}\n${idempotency.key}`, { id, bodyHash: idempotency.bodyHash });
    const stored: Stored = {
      id,
      owner,
      status: 'queued',
      createdAt: new Date(Date.UTC(2026, 10, 23) + this.#count).toISOString(),
      startedAt: null,
      finishedAt: null,
      expiresAt: null,
      progress: 'null',
      estimate: JSON.stringify(estimate),
      metadata: JSON.stringify(request.metadata),
      batch: 'null',
      webhook: 'null',
      request: JSON.stringify(filledRequest(request)),
      result: 'null',
      error: 'null',
      revision: 1,
    };
    this.#jobs.set(id, stored);
    this.tell(id, 'status', { status: 'queued' });
    return { stored, replayed: false };
  }

  async show(owner: string, id: string) {
    const stored = await this.read(owner, id);
    return { id: stored.id, status: stored.status, revision: stored.revision, text: documentOf(stored) };
  }

  async read(owner: string, id: string): Promise<Stored> {
    const own = [...this.#jobs.values()].filter((job) => job.owner === owner);
    const job = id === 'latest' ? own.at(-1) : own.find((candidate) => candidate.id === id);
    if (job === undefined) throw new ProblemError('not_found', 'There is no such explanation.');
    return job;
  }

  async readWhenEnded(owner: string, id: string, milliseconds: number, signal: AbortSignal): Promise<Stored> {
    const over = AbortSignal.any([signal, AbortSignal.timeout(milliseconds)]);
    for (;;) {
      const job = await this.read(owner, id);
      if (TERMINAL.has(job.status) || over.aborted) return job;
      await once(this.#changes, id, { signal: over }).catch(() => undefined);
    }
  }

  async follow(owner: string, id: string, after: string | null, signal: AbortSignal) {
    const stored = await this.read(owner, id);
    return { stored, events: this.#follow(stored.id, Number(after?.split('-')[0] ?? 0), signal) };
  }

  async *#follow(id: string, from: number, signal: AbortSignal): AsyncGenerator<JobEvent, void> {
    for (let at = from; !signal.aborted; ) {
      const event = this.#events.get(id)?.[at];
      if (event) {
        at += 1;
        yield event;
        if (TERMINAL.has(event.type as Status)) return;
      } else if (TERMINAL.has(this.#jobs.get(id)?.status ?? 'failed')) return;
      else await once(this.#changes, id, { signal }).catch(() => undefined);
    }
  }

  async list(owner: string, query: { limit: number; status?: Status | null; cursor: string | null }) {
    const before = query.cursor === null ? null : Buffer.from(query.cursor, 'base64url').toString();
    if (before !== null && !/^exp_\d{26}$/.test(before)) throw new ProblemError('invalid_cursor', 'The cursor is of no list.');
    const found = [...this.#jobs.values()]
      .filter((job) => job.owner === owner && ((query.status ?? null) === null || job.status === query.status))
      .toReversed()
      .filter((job) => before === null || job.id < before);
    const items = found.slice(0, query.limit);
    const last = items.at(-1);
    return { items, nextCursor: found.length > items.length && last ? Buffer.from(last.id).toString('base64url') : null };
  }

  async cancel(owner: string, id: string): Promise<Stored> {
    const job = await this.read(owner, id);
    if (job.status === 'queued') this.move(job.id, { status: 'cancelled' });
    if (job.status === 'in_progress') this.move(job.id, { status: 'cancelling' });
    return this.read(owner, job.id);
  }

  async erase(owner: string, id: string): Promise<void> {
    this.#jobs.delete((await this.read(owner, id)).id);
  }

  async #ended(owner: string, id: string): Promise<void> {
    const job = await this.read(owner, id);
    if (!TERMINAL.has(job.status)) throw new ProblemError('not_finished', 'The explanation has not finished.');
    if (job.result === 'null') throw new ProblemError('no_result', 'The explanation has no result.');
  }

  async attribute(owner: string, id: string, body: { targets: readonly TargetSpec[] }) {
    await this.#ended(owner, id);
    const { completion } = EXPLANATION_EXAMPLE.result;
    const targets: ResultTarget[] = body.targets.map((spec, index) => {
      if (spec.kind !== 'span' && spec.kind !== 'completion')
        throw faultAt('target_not_found', `/targets/${index}`, 'not in the completion');
      const { start, end } = spec.kind === 'span' ? spec : { start: 0, end: completion.length };
      return { index, kind: spec.kind, start, end, text: completion.slice(start, end) };
    });
    const whole = total(TABLE.rows[0]?.values) ?? 0;
    const scores = TABLE.rows.slice(1).map((row) => {
      const value = total(row.values);
      return value === null ? null : whole - value;
    });
    const attributions: ResultAttribution[] = targets.map(({ index }) => ({
      target: index,
      scores,
      intervals: null,
      intercept: whole,
      interactions: [],
      reasons: [],
      indistinguishable: [],
    }));
    return { targets, attributions };
  }

  async evaluations(owner: string, id: string): Promise<EvaluationTable> {
    await this.#ended(owner, id);
    return TABLE;
  }

  async estimate(_owner: string, request: ExplanationRequest): Promise<Estimate> {
    if (request.endpoint !== undefined && request.endpoint !== ENDPOINT.name)
      throw faultAt('unknown_endpoint', '/endpoint', 'no such endpoint');
    const units = JSON.stringify(request.call).split('. ').length;
    return { calls: units + 1, prompt_tokens: 40 * (units + 1), completion_tokens: 16, cost_usd: 0.00001, seconds: null, units, basis: 'characters' };
  }

  catalogue = catalogue;

  async probe(_owner: string, name: string, model: string | undefined) {
    if (name !== ENDPOINT.name) throw new ProblemError('not_found', 'no such endpoint');
    return probeReply(name, model ?? 'm', 'pending', null);
  }

  async readProbe(_owner: string, name: string, model: string | undefined) {
    if (name !== ENDPOINT.name) throw new ProblemError('not_found', 'no such endpoint');
    return probeReply(name, model ?? 'm', 'done', null);
  }

  endpoints() {
    return { defaultName: ENDPOINT.name, endpoints: [ENDPOINT], callerEndpoints: false };
  }
}
