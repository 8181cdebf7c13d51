import type { Redis } from 'ioredis';
import { ProblemError } from '../errors.ts';
import { type Explanations, type OutcomeCache, type Stored, type StoredDocument, TERMINAL, type Status } from '../service/ports.ts';
import { cancelExplanation } from './cancel.ts';
import { documentReader } from './document.ts';
import { followEvents } from './events.ts';
import { createNews, type News } from './news.ts';
import { eraseExplanation } from './erase.ts';
import { claimKey, isClaimed, releaseKey } from './idempotency.ts';
import type { Keys } from './keys.ts';
import { listPage } from './listing.ts';
import { unpackText } from './packing.ts';
import { dequeue, type ExplanationQueue } from './queue.ts';
import { readOne } from './read.ts';
import { requeueLost } from './requeue.ts';
import { submission } from './submission.ts';
import { guarded } from './unavailable.ts';
import { waitUntil } from './waiting.ts';
import type { WebhookQueue } from './webhook-queue.ts';

export interface ExplanationsDeps {
  /** Policy `producer`. */
  redis: Redis;
  queue: ExplanationQueue;
  keys: Keys;
  /** Where the outcomes lie that erasing must find. */
  cache: OutcomeCache;
  webhooks: WebhookQueue;
  /** Of what has ended. */
  endings: News;
  /** Explanations that may be `queued` at a time. */
  maxQueue: number;
  resultTtlSeconds: number;
  /** Of the request that is being served, for the worker's log. */
  requestId?: () => string | null;
}

export interface RedisExplanations extends Explanations {
  /** Queues again what has no queue job although it has not ended; gives how many. For a worker's start and now and then. */
  requeueLost(): Promise<number>;
  /** Ends the subscription that it made; the rest is the caller's. */
  close(): void;
}

const CLAIMED_RETRY_SECONDS = 1;

/** The API's side of the explanations. */
export function createExplanations(deps: ExplanationsDeps): RedisExplanations {
  const { redis, queue, keys, webhooks, endings } = deps;
  const told = createNews(redis, keys.told);
  const submit = submission(deps);

  const newest = async (owner: string): Promise<Stored | null> => {
    const page = await listPage(redis, keys, owner, { limit: 1, after: null });
    return page.items[0] ?? null;
  };

  const readDocument = documentReader(redis, keys);

  const idOf = async (owner: string, id: string): Promise<string | null> => {
    if (id !== 'latest') return id;
    return (await newest(owner))?.id ?? null;
  };
  /** @throws ProblemError storage_unavailable when what is not there is about to be */
  const absent = async (id: string): Promise<null> => {
    if (await isClaimed(redis, keys, id)) {
      const detail = 'the first request with this Idempotency-Key is still being stored';
      throw new ProblemError('storage_unavailable', detail, { retryAfter: CLAIMED_RETRY_SECONDS });
    }
    return null;
  };
  const read = async (owner: string, id: string): Promise<Stored | null> => {
    if (id === 'latest') return newest(owner);
    const stored = await readOne(redis, keys, id);
    if (stored) return stored.owner === owner ? stored : null;
    return absent(id);
  };
  const show = async (owner: string, given: string): Promise<StoredDocument | null> => {
    const id = given === 'latest' ? await idOf(owner, given) : given;
    if (id === null) return null;
    return (await readDocument(owner, id)) ?? absent(id);
  };

  const cancel = async (owner: string, given: string): Promise<Stored | null> => {
    const id = await idOf(owner, given);
    if (id === null) return null;
    if ((await cancelExplanation({ ...deps, owner, id })) === null) return null;
    return read(owner, id);
  };

  return {
    create: (stored, secret = null, maxOpen = null) => guarded(() => submit(stored, secret, maxOpen)),
    read: (owner, id) => guarded(() => read(owner, id)),
    show: (owner, id) => guarded(() => show(owner, id)),
    list: (owner, query) => guarded(() => listPage(redis, keys, owner, query)),
    cancel: (owner, id) => guarded(() => cancel(owner, id)),
    erase: (owner, given) =>
      guarded(async () => {
        const id = await idOf(owner, given);
        const due = id === null ? null : await eraseExplanation({ ...deps, owner, id });
        if (id === null || due === null) return false;
        await webhooks.announce(due);
        await dequeue(redis, queue, id);
        return true;
      }),
    waitForEnd: (owner, given, milliseconds, signal) =>
      guarded(async () => {
        const id = await idOf(owner, given);
        if (id === null) return;
        const ended = async (): Promise<boolean> => {
          const [status, of] = await redis.hmget(keys.job(id), 'status', 'owner');
          return of !== owner || TERMINAL.has(status as Status);
        };
        await waitUntil({ ended, news: endings, id, milliseconds, signal });
      }),
    events: (owner, id, after, signal) => followEvents({ redis, keys, news: told, owner, id, after, signal }),
    readEvaluations: (id) => guarded(async () => unpackText(await redis.getBuffer(keys.evaluations(id)))),
    claimIdempotencyKey: (owner, key, bodyHash, id) => guarded(() => claimKey(redis, keys, { owner, key, bodyHash, id })),
    releaseIdempotencyKey: (owner, key) => guarded(() => releaseKey(redis, keys, owner, key)),
    requeueLost: () => guarded(() => requeueLost(redis, queue, keys, Date.now())),
    close: () => told.close(),
  };
}
