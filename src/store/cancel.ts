import type { Redis } from 'ioredis';
import type { Status } from '../service/ports.ts';
import { clock } from './clock.ts';
import type { Keys } from './keys.ts';
import { dequeue, type ExplanationQueue } from './queue.ts';
import { runScript } from './scripts.ts';
import { CANCEL } from './transitions.ts';
import type { WebhookQueue } from './webhook-queue.ts';

interface CancelInput {
  redis: Redis;
  queue: ExplanationQueue;
  keys: Keys;
  webhooks: WebhookQueue;
  resultTtlSeconds: number;
  owner: string;
  id: string;
}

/** Cancels an explanation. Gives its status after; null when the owner has none of this id. */
export async function cancelExplanation({ redis, queue, keys, webhooks, resultTtlSeconds, owner, id }: CancelInput): Promise<Status | null> {
  const names = [keys.job(id), keys.owned(id), keys.queued, keys.running, keys.queueLock(id), keys.events(id)];
  const said = await runScript(redis, CANCEL, names, [id, owner, ...clock(keys, resultTtlSeconds)]);
  if (!Array.isArray(said)) return null;
  const [status, ...due] = said as [Status, ...string[]];
  await webhooks.announce(due);
  if (status === 'cancelled') await dequeue(redis, queue, id);
  return status;
}
