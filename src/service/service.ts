import type { BatchRequest } from '../contract/batches.ts';
import type { Catalogue } from '../contract/catalogue.ts';
import type { Choice } from '../contract/parts.ts';
import type { ProbeReply } from '../contract/probes.ts';
import type { ExplanationRequest } from '../contract/request.ts';
import type { Estimate, ResultAttribution, ResultTarget } from '../contract/resource.ts';
import type { WebhookSecret } from '../contract/webhooks.ts';
import type { EvaluationTable } from '../core/evaluationtable.ts';
import type { TargetSpec } from '../core/types.ts';
import type { StoredBatch } from './batch-ports.ts';
import type { Idempotency } from './idempotency.ts';
import type { EndpointInfo, JobEvent, ListFilter, Stored, StoredDocument } from './ports.ts';

/** A job at the time it was asked for, and its events. */
export interface Followed {
  stored: Stored;
  events: AsyncGenerator<JobEvent, void>;
}

/** What the API role can do with batches. `submitBatch` takes all requests or none. */
export interface BatchService {
  submitBatch(owner: string, request: BatchRequest, idempotency: Idempotency | null): Promise<{ stored: StoredBatch; replayed: boolean }>;
  /** @throws not_found, also when it belongs to someone else */
  readBatch(owner: string, id: string): Promise<StoredBatch>;
  readBatchWhenEnded(owner: string, id: string, milliseconds: number, signal: AbortSignal): Promise<StoredBatch>;
  /** Newest first. @throws invalid_cursor */
  listBatches(owner: string, query: { limit: number; cursor: string | null }): Promise<{ items: readonly StoredBatch[]; nextCursor: string | null }>;
  /** Idempotent; one that has ended comes back as it is. */
  cancelBatch(owner: string, id: string): Promise<StoredBatch>;
  eraseBatch(owner: string, id: string): Promise<void>;
}

export interface WebhookService {
  webhookSecret(owner: string): Promise<WebhookSecret>;
  /** The secret before stays good for a day. */
  rotateWebhookSecret(owner: string): Promise<WebhookSecret>;
}

/** What the API role can do with explanations. Every method throws ProblemError; nothing here asks a model. */
export interface Service {
  /**
   * Plans, stores and queues a job. With an idempotency key: the same key and body give the same job back
   * (`replayed`), another body is idempotency_key_reused.
   */
  submit(owner: string, request: ExplanationRequest, idempotency: Idempotency | null): Promise<{ stored: Stored; replayed: boolean }>;
  /** @throws not_found, also when it belongs to someone else. `id` may be `latest` everywhere. */
  read(owner: string, id: string): Promise<Stored>;
  /** As `read`, ready to be sent. */
  show(owner: string, id: string): Promise<StoredDocument>;
  /** The job when it has ended or the time is over, whichever is first. */
  readWhenEnded(owner: string, id: string, milliseconds: number, signal: AbortSignal): Promise<Stored>;
  /**
   * What happens to the job, from after the event `after` on (null: from the beginning), up to its end or the abort.
   * @throws not_found before the first event
   */
  follow(owner: string, id: string, after: string | null, signal: AbortSignal): Promise<Followed>;
  /** Newest first. @throws invalid_cursor when the cursor is not of this owner and filter. */
  list(owner: string, query: { limit: number; cursor: string | null } & ListFilter): Promise<{ items: readonly Stored[]; nextCursor: string | null }>;
  /** Idempotent; a finished job comes back as it is. */
  cancel(owner: string, id: string): Promise<Stored>;
  erase(owner: string, id: string): Promise<void>;
  /** Other targets of a job that has a result, from its stored evaluations. @throws not_finished, no_result, target_not_found, evaluations_missing */
  attribute(owner: string, id: string, body: { targets: readonly TargetSpec[]; method?: Choice | undefined }): Promise<{ targets: ResultTarget[]; attributions: ResultAttribution[] }>;
  /** @throws not_finished, no_result */
  evaluations(owner: string, id: string): Promise<EvaluationTable>;
  estimate(owner: string, request: ExplanationRequest): Promise<Estimate>;
  catalogue(): Catalogue;
  /**
   * Has a worker find out anew what the endpoint can do, and waits for it; `pending` when that takes longer.
   * @throws not_found, unknown_model, no_worker, endpoint_*
   */
  probe(owner: string, endpoint: string, model: string | undefined, milliseconds: number, signal: AbortSignal): Promise<ProbeReply>;
  /** @throws not_found when there is no such endpoint, or nothing was found yet */
  readProbe(owner: string, endpoint: string, model: string | undefined): Promise<ProbeReply>;
  /** What a request can name, and whether it may bring an endpoint of its own. */
  endpoints(owner: string): { defaultName: string; endpoints: readonly EndpointInfo[]; callerEndpoints: boolean };
}
