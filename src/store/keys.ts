import { createHash } from 'node:crypto';
import { QUEUE, WEBHOOK_QUEUE } from '../contract/queue.ts';
import { ProblemError } from '../errors.ts';

/** Lives in seconds. Every key but BullMQ's own has one; docs/storage.md has the table. */
export const LIFE = {
  /** A job that has not ended: long after any real one, so that nothing stays for ever. */
  open: 7 * 86_400,
  /** An Idempotency-Key whose explanation is not stored yet: longer than storing can take. */
  claim: 20,
  /** Since a worker's last beat. */
  worker: 15,
  /** A claim since it was last renewed: what a waiter waits at most for one that died. */
  asking: 10,
  /** A webhook's URL since its receiver said that it is gone. */
  gone: 86_400,
  /** A signing secret since the next one took its place. */
  secret: 86_400,
  /** How fast an endpoint was. */
  pace: 30 * 86_400,
  /** What has ended, as it was shown: about as long as somebody looks at it. */
  shown: 60,
} as const;

/** Names of all that the service keeps in Redis. They share one hash tag, so that a script may touch any of them on a cluster. */
export interface Keys {
  readonly prefix: string;
  /** Hash, one explanation without its result: request (up to the body limit) and about 1.4 kB. Life: open, then the result's. */
  readonly job: (id: string) => string;
  /** String, the result's JSON text, raw: about 200 bytes a unit and target. Life: the result's. */
  readonly result: (id: string) => string;
  /** String, an explanation that has ended as it was last shown, up to 64 kB: request and result once more. Life: shown, the result's at most. */
  readonly shown: (id: string) => string;
  /** String, the evaluations' JSON text, gzip from 4 kB on: masks and token log-probabilities. Life: the result's. */
  readonly evaluations: (id: string) => string;
  /** List of JSON arrays of cache keys that the job wrote: 50 bytes an evaluation. Life: open, then the result's. */
  readonly owned: (id: string) => string;
  /** Stream of what happened to the job, oldest trimmed: 200 bytes an event, provisional attributions 40 bytes a unit and target. Life: open, then the result's. */
  readonly events: (id: string) => string;
  /** Sorted set of the owner's explanation ids by creation in ms: 120 bytes each. Life: that of the newest. */
  readonly index: (owner: string) => string;
  /** Hash, one batch: counts by state, 1 kB. Life: open from the last change, then the result's. */
  readonly batch: (id: string) => string;
  /** Sorted set of the ids of a batch's explanations by creation in ms: 120 bytes each. Life: the batch's. */
  readonly batchJobs: (id: string) => string;
  /** Sorted set of the owner's batch ids by creation in ms: 120 bytes each. Life: that of the newest. */
  readonly batches: (owner: string) => string;
  /** Sorted set of the ids whose webhook is to be delivered, by the time of the next attempt in ms. Life: that of the newest. */
  readonly undelivered: string;
  /** String, there while a webhook's URL counts as gone for an owner. Life: gone. */
  readonly gone: (owner: string, url: string) => string;
  /** String, what signing secrets are derived from where no variable holds it: 100 bytes. Stays. */
  readonly signing: string;
  /** Strings, an owner's uses of a kind within a minute: 120 bytes each. Life: a minute from the first. The limiter adds the owner. */
  readonly rate: (policy: string) => string;
  /** Hash, how often an owner's signing secret was rotated, and when last: 150 bytes. Stays: an old secret must not come back. */
  readonly rotation: (owner: string) => string;
  /** Sorted set of the owner's explanation ids that have not ended, by creation in ms: 120 bytes each. Life: that of the newest. */
  readonly open: (owner: string) => string;
  /** Sorted set of the ids that are `queued`, by creation in ms. Life: that of the newest. */
  readonly queued: string;
  /** Sorted set of the ids that are `in_progress` or `cancelling`, by start in ms. Life: that of the newest. */
  readonly running: string;
  /** Hash, what an Idempotency-Key is bound to: about 400 bytes. Life: claim, then that of its explanation. */
  readonly binding: (owner: string, key: string) => string;
  /** String, the binding that waits for this id to be stored. Life: claim. */
  readonly claim: (id: string) => string;
  /** Sorted set of worker ids by their last beat in ms. Life: four times a worker's. */
  readonly workers: string;
  /** Channel, the id of every explanation that ended or was erased. */
  readonly ended: string;
  /** Channel, the id of every explanation with a new event. */
  readonly told: string;
  /** String, an outcome: 8 bytes a token or the generated answer, and about 180. Life: the cache's. May lie on another Redis. */
  readonly outcome: (hash: string) => string;
  /** String, what a probe of an endpoint found for a model: about 1.5 kB. Life: a day, a minute when it is doubtful. */
  readonly finding: (endpoint: string, model: string) => string;
  /** String, the token of the job that asks for this now: 200 bytes. Life: asking. */
  readonly asking: (name: string) => string;
  /** String, there while an endpoint wants to be left alone. Life: as long as it said. */
  readonly pause: (endpoint: string) => string;
  /** String, seconds an evaluation took, a running mean: 150 bytes. Life: pace, from the last job. */
  readonly pace: (endpoint: string, model: string) => string;
  /** Hash, requests and tokens of the last minute by the second: up to 4 kB. Life: 61 s. */
  readonly minute: (endpoint: string) => string;
  /** BullMQ's own: the queue's job and the lock that a worker holds on it. */
  readonly queueJob: (id: string) => string;
  readonly queueLock: (id: string) => string;
  readonly webhookJob: (id: string) => string;
}

function hashOf(texts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(texts)).digest('base64url');
}

/**
 * @param prefix a name in braces, the hash tag of all keys
 * @throws ProblemError validation_failed when it is not
 */
export function createKeys(prefix = '{wherefore}'): Keys {
  if (!/^\{[^{}]+\}$/.test(prefix)) {
    throw new ProblemError('validation_failed', 'the key prefix must be a name in braces, so that all keys share a cluster slot');
  }
  const queueJob = (id: string): string => `${prefix}:${QUEUE}:${id}`;
  return Object.freeze({
    prefix,
    job: (id: string) => `${prefix}:job:${id}`,
    result: (id: string) => `${prefix}:result:${id}`,
    shown: (id: string) => `${prefix}:shown:${id}`,
    evaluations: (id: string) => `${prefix}:evaluations:${id}`,
    owned: (id: string) => `${prefix}:owned:${id}`,
    events: (id: string) => `${prefix}:events:${id}`,
    index: (owner: string) => `${prefix}:index:${owner}`,
    batch: (id: string) => `${prefix}:batch:${id}`,
    batchJobs: (id: string) => `${prefix}:batch-jobs:${id}`,
    batches: (owner: string) => `${prefix}:batches:${owner}`,
    undelivered: `${prefix}:undelivered`,
    gone: (owner: string, url: string) => `${prefix}:gone:${hashOf([owner, url])}`,
    signing: `${prefix}:signing`,
    rate: (policy: string) => `${prefix}:rate:${policy}`,
    rotation: (owner: string) => `${prefix}:rotation:${owner}`,
    open: (owner: string) => `${prefix}:open:${owner}`,
    queued: `${prefix}:queued`,
    running: `${prefix}:running`,
    // callers may put anything into a key of theirs: the hash bounds it and keeps it out of sight
    binding: (owner: string, key: string) => `${prefix}:idempotency:${hashOf([owner, key])}`,
    claim: (id: string) => `${prefix}:claim:${id}`,
    workers: `${prefix}:workers`,
    ended: `${prefix}:ended`,
    told: `${prefix}:told`,
    outcome: (hash: string) => `${prefix}:outcome:${hash}`,
    // a caller may name any model
    finding: (endpoint: string, model: string) => `${prefix}:finding:${hashOf([endpoint, model])}`,
    asking: (name: string) => `${prefix}:asking:${hashOf([name])}`,
    pause: (endpoint: string) => `${prefix}:pause:${endpoint}`,
    pace: (endpoint: string, model: string) => `${prefix}:pace:${endpoint}:${model}`,
    minute: (endpoint: string) => `${prefix}:minute:${endpoint}`,
    queueJob,
    queueLock: (id: string) => `${queueJob(id)}:lock`,
    webhookJob: (id: string) => `${prefix}:${WEBHOOK_QUEUE}:${id}`,
  });
}
