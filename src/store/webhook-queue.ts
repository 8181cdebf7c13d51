import { Queue, type QueueOptions } from 'bullmq';
import type { Redis } from 'ioredis';
import { PAYLOAD_VERSION, WEBHOOK_QUEUE, type WebhookPayload } from '../contract/queue.ts';
import type { Keys } from './keys.ts';

/** Entries of BullMQ's event stream; nothing of ours reads it. */
const EVENTS_KEPT = 100;
const BATCH = 200;

/** The producer's side of the queue of notifications. */
export interface WebhookQueue {
  readonly queue: Queue;
  /** Has these notified. Never throws: what cannot be queued now is found by `requeueLost`. */
  announce(ids: readonly string[]): Promise<void>;
  /** Queues again what is to be notified and has no queue job; gives how many. */
  requeueLost(now: number): Promise<number>;
  close(): Promise<void>;
}

/** @param redis of either policy; the caller closes it after the queue */
export function createWebhookQueue(redis: Redis, keys: Keys, telemetry?: QueueOptions['telemetry']): WebhookQueue {
  const queue = new Queue<WebhookPayload>(WEBHOOK_QUEUE, {
    connection: redis,
    prefix: keys.prefix,
    defaultJobOptions: { removeOnComplete: true, removeOnFail: true, stackTraceLimit: 0 },
    streams: { events: { maxLen: EVENTS_KEPT } },
    skipVersionCheck: true,
    ...(telemetry ? { telemetry } : {}),
  });
  // the connection's own listener has heard it; without one here an emitter throws
  queue.on('error', () => {});

  const add = async (id: string, delay: number): Promise<void> => {
    if (redis.status !== 'ready') throw new Error('Connection is closed.');
    await queue.add('notify', { version: PAYLOAD_VERSION, id }, { jobId: id, delay });
  };

  return {
    queue,
    async announce(ids) {
      await Promise.all(ids.map((id) => add(id, 0).catch(() => null)));
    },
    async requeueLost(now) {
      let found = 0;
      for (let offset = 0; ; offset += BATCH) {
        const rows = await redis.zrangebyscore(keys.undelivered, '-inf', '+inf', 'WITHSCORES', 'LIMIT', offset, BATCH);
        if (rows.length === 0) return found;
        for (let row = 0; row < rows.length; row += 2) {
          const id = rows[row] ?? '';
          if ((await redis.exists(keys.webhookJob(id))) === 1) continue;
          await add(id, Math.max(0, Number(rows[row + 1]) - now));
          found += 1;
        }
      }
    },
    close: () => queue.close(),
  };
}
