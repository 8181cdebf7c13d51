import { type ExplanationEvent, follow } from './follow.ts';
import { Http, type Options } from './http.ts';
import { WhereforeError } from './problem.ts';
import type {
  AttributionsReply,
  AttributionsRequest,
  Batch,
  BatchRequest,
  Catalogue,
  EndpointList,
  Estimate,
  Evaluations,
  Explanation,
  ExplanationRequest,
  Probe,
  Status,
  WebhookSecret,
} from './schema.ts';

export interface Submission {
  /** The same key with the same request gives the same job. Left out: a new one, so that a try that is made again makes no second job. */
  idempotencyKey?: string;
  signal?: AbortSignal;
}

export interface Explaining extends Submission {
  /** Hears of every event as it comes. */
  onEvent?: (event: ExplanationEvent) => void;
}

export interface Filter {
  status?: Status;
  /** The id of a batch. */
  batch?: string;
  /** RFC 3339. */
  createdAfter?: string;
  createdBefore?: string;
}

const pathOf = (id: string, rest = '') => `/v1/explanations/${encodeURIComponent(id)}${rest}`;

const probeOf = (endpoint: string) => `/v1/endpoints/${encodeURIComponent(endpoint)}/probe`;

/** A service, as one caller sees it. `latest` stands for the newest explanation wherever an id is asked for. */
export class Wherefore {
  readonly #http: Http;

  constructor(options: Options) {
    this.#http = new Http(options);
  }

  /**
   * Submits a call and gives the explanation once it has ended: `completed`, or `cancelled` by somebody else, with what there
   * was by then. When `signal` is aborted, the job is cancelled, so that it costs nothing more.
   * @throws WhereforeError for what is refused, and for a job that failed; the signal's reason
   */
  async explain(request: ExplanationRequest, { onEvent, signal, idempotencyKey }: Explaining = {}): Promise<Explanation> {
    signal?.throwIfAborted();
    // not called off in the middle: a job that was taken in unheard could not be cancelled
    const accepted = await this.create(request, idempotencyKey === undefined ? {} : { idempotencyKey });
    try {
      return await this.wait(accepted.id, { ...(signal ? { signal } : {}), ...(onEvent ? { onEvent } : {}) });
    } catch (error) {
      if (signal?.aborted) await this.cancel(accepted.id).catch(() => null);
      throw error;
    }
  }

  /** Waits for the end of a job. @throws as `explain`; the job goes on when `signal` is aborted */
  async wait(id: string, { onEvent, signal }: Pick<Explaining, 'onEvent' | 'signal'> = {}): Promise<Explanation> {
    for await (const event of this.follow(id, signal)) {
      onEvent?.(event);
      if (event.type === 'completed' || event.type === 'cancelled') return event.data;
      if (event.type !== 'failed') continue;
      const { error } = event.data;
      throw error ? new WhereforeError(error) : new Error(`the explanation ${event.data.id} failed`);
    }
    throw new Error('the events of the explanation ended before it did');
  }

  /** What happens to a job, from its beginning to its end; resumed where a connection breaks, polled where no stream comes through. */
  follow(id: string, signal?: AbortSignal): AsyncGenerator<ExplanationEvent> {
    return follow(this.#http, id, signal);
  }

  /** Submits a call and does not wait. */
  create(request: ExplanationRequest, { idempotencyKey = crypto.randomUUID(), signal }: Submission = {}): Promise<Explanation> {
    return this.#http.json('/v1/explanations', { method: 'POST', body: request, headers: { 'idempotency-key': idempotencyKey }, repeatable: true, signal });
  }

  read(id: string): Promise<Explanation> {
    return this.#http.json(pathOf(id));
  }

  /** The explanations of the caller, newest first, a page at a time as they are taken. */
  list({ status, batch, createdAfter, createdBefore }: Filter = {}): AsyncGenerator<Explanation> {
    return this.#pages<Explanation>('/v1/explanations', {
      ...(status ? { status } : {}),
      ...(batch ? { batch } : {}),
      ...(createdAfter ? { created_after: createdAfter } : {}),
      ...(createdBefore ? { created_before: createdBefore } : {}),
    });
  }

  /** Stops a job; what was evaluated by then gives a partial result. */
  cancel(id: string): Promise<Explanation> {
    return this.#http.json(pathOf(id, '/cancel'), { method: 'POST', repeatable: true });
  }

  /** Erases everything that belongs to it. What is gone already counts as erased. */
  delete(id: string): Promise<void> {
    return this.#erase(pathOf(id));
  }

  /** Other targets of a finished job, without a model call. */
  attributions(id: string, request: AttributionsRequest): Promise<AttributionsReply> {
    return this.#http.json(pathOf(id, '/attributions'), { method: 'POST', body: request, repeatable: true });
  }

  /** Masks and values, so that anybody can fit them. */
  evaluations(id: string): Promise<Evaluations> {
    return this.#http.json(pathOf(id, '/evaluations'));
  }

  /** The result as a page of HTML, or as Markdown. */
  async report(id: string, type: 'text/html' | 'text/markdown' = 'text/html'): Promise<string> {
    return (await this.#http.send(pathOf(id, '/report'), { headers: { accept: type } })).text();
  }

  /** What a job would cost; no model is asked. */
  estimate(request: ExplanationRequest): Promise<Estimate> {
    return this.#http.json('/v1/estimates', { method: 'POST', body: request, repeatable: true });
  }

  /** Up to a thousand jobs at once. */
  createBatch(request: BatchRequest, { idempotencyKey = crypto.randomUUID(), signal }: Submission = {}): Promise<Batch> {
    return this.#http.json('/v1/batches', { method: 'POST', body: request, headers: { 'idempotency-key': idempotencyKey }, repeatable: true, signal });
  }

  readBatch(id: string): Promise<Batch> {
    return this.#http.json(`/v1/batches/${encodeURIComponent(id)}`);
  }

  /** All batches of the caller, newest first, a page at a time as they are taken. */
  listBatches(): AsyncGenerator<Batch> {
    return this.#pages<Batch>('/v1/batches', {});
  }

  /** Erases a batch with all of its jobs. What is gone already counts as erased. */
  deleteBatch(id: string): Promise<void> {
    return this.#erase(`/v1/batches/${encodeURIComponent(id)}`);
  }

  cancelBatch(id: string): Promise<Batch> {
    return this.#http.json(`/v1/batches/${encodeURIComponent(id)}/cancel`, { method: 'POST', repeatable: true });
  }

  /** What a request can choose from, options as JSON Schema. */
  catalogue(): Promise<Catalogue> {
    return this.#http.json('/v1/catalogue');
  }

  endpoints(): Promise<EndpointList> {
    return this.#http.json('/v1/endpoints');
  }

  /**
   * Finds out anew what an endpoint can do. Gives what was found, or what was known before with the status `pending`, when it
   * takes longer than `seconds` (20): `readProbe` has it later.
   */
  probe(endpoint: string, { model, seconds }: { model?: string; seconds?: number } = {}): Promise<Probe> {
    const headers = seconds === undefined ? {} : { prefer: `wait=${seconds}` };
    return this.#http.json(probeOf(endpoint), { method: 'POST', body: model === undefined ? {} : { model }, headers, repeatable: true });
  }

  /** What the last probe found. */
  readProbe(endpoint: string, model?: string): Promise<Probe> {
    return this.#http.json(`${probeOf(endpoint)}${model === undefined ? '' : `?${new URLSearchParams({ model }).toString()}`}`);
  }

  /** What the caller's webhooks are signed with, for `verifyWebhook`. */
  webhookSecret(): Promise<WebhookSecret> {
    return this.#http.json('/v1/webhooks/secret');
  }

  /** A new secret from now on. Not repeated by itself: each time makes another one. */
  rotateWebhookSecret(): Promise<WebhookSecret> {
    return this.#http.json('/v1/webhooks/secret/rotate', { method: 'POST' });
  }

  async *#pages<Item>(path: string, filter: Record<string, string>): AsyncGenerator<Item> {
    let cursor: string | null = null;
    do {
      const query = new URLSearchParams({ ...filter, ...(cursor === null ? {} : { cursor }) });
      const page: { data: Item[]; next_cursor: string | null } = await this.#http.json(`${path}?${query.toString()}`);
      yield* page.data;
      cursor = page.next_cursor;
    } while (cursor !== null);
  }

  async #erase(path: string): Promise<void> {
    await this.#http.send(path, { method: 'DELETE' }).catch((error: unknown) => {
      if (!(error instanceof WhereforeError && error.code === 'not_found')) throw error;
    });
  }
}

