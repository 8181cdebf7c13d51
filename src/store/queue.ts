import { type JobsOptions, Queue, type QueueOptions } from 'bullmq';
import type { Redis } from 'ioredis';
import { PAYLOAD_VERSION, type Payload, QUEUE } from '../contract/queue.ts';
import type { Keys } from './keys.ts';

export type ExplanationQueue = Queue<Payload>;

/** Entries of BullMQ's event stream, about 100 bytes each; nothing of ours reads it. */
const EVENTS_KEPT = 1_000;

/** What all jobs of the queue are named. */
export const JOB = 'explain';

export const JOB_OPTIONS: JobsOptions = {
  attempts: 3,
  backoff: { type: 'exponential', delay: 1_000, jitter: 0.5 },
  // the explanation lives under its own keys; a queue job that stayed would keep its id from being queued again
  removeOnComplete: true,
  removeOnFail: true,
  // stack traces may quote what a prompt held
  stackTraceLimit: 0,
};

/**
 * The producer's side of the queue. It lives on `redis`, which the caller closes after it.
 * @param telemetry carries a trace along with a job
 */
export function createQueue(redis: Redis, keys: Keys, telemetry?: QueueOptions['telemetry']): ExplanationQueue {
  const queue: ExplanationQueue = new Queue<Payload>(QUEUE, {
    connection: redis,
    prefix: keys.prefix,
    defaultJobOptions: JOB_OPTIONS,
    streams: { events: { maxLen: EVENTS_KEPT } },
    // the check asks Redis once, and a connection lost in that moment would leave the queue broken for good
    skipVersionCheck: true,
    ...(telemetry ? { telemetry } : {}),
  });
  // the connection's own listener has heard it; without one here an emitter throws
  queue.on('error', () => {});
  return queue;
}

/** An explanation to be queued, and the request that submitted it, for the worker's log; null where that is no longer known. */
export interface Submitted {
  id: string;
  requestId: string | null;
}

export const payloadOf = ({ id, requestId }: Submitted): Payload => ({ version: PAYLOAD_VERSION, id, ...(requestId === null ? {} : { request_id: requestId }) });

/**
 * Puts an explanation on the queue. One that is there already stays as it is.
 * @throws the errors of ioredis, at once when the connection is not up: BullMQ alone would wait for it
 */
export async function enqueue(redis: Redis, queue: ExplanationQueue, submitted: Submitted): Promise<void> {
  if (redis.status !== 'ready') throw new Error('Connection is closed.');
  await queue.add(JOB, payloadOf(submitted), { jobId: submitted.id });
}

/** Behind all that was asked for one by one. */
const BATCH_PRIORITY = 1;
/** Queue jobs added in one round trip. */
const AT_ONCE = 200;

/** Puts the explanations of a batch on the queue, in their order, behind those that were asked for one by one. @throws as `enqueue` */
export async function enqueueMany(redis: Redis, queue: ExplanationQueue, many: readonly Submitted[]): Promise<void> {
  for (let from = 0; from < many.length; from += AT_ONCE) {
    if (redis.status !== 'ready') throw new Error('Connection is closed.');
    const part = many.slice(from, from + AT_ONCE);
    await queue.addBulk(part.map((one) => ({ name: JOB, data: payloadOf(one), opts: { jobId: one.id, priority: BATCH_PRIORITY } })));
  }
}

/**
 * Takes a job that no worker holds off the queue. False when it is not there or Redis is away: a worker that gets it
 * finds the explanation ended or gone, and lets it be.
 */
export async function dequeue(redis: Redis, queue: ExplanationQueue, id: string): Promise<boolean> {
  if (redis.status !== 'ready') return false;
  return queue.remove(id).then(
    (removed) => removed === 1,
    () => false,
  );
}
