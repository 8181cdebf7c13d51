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

interface Cancelled {
  /** After. */
  status: Status;
  /** Whether it was still queued, so that this call ended it. */
  ended: boolean;
}

/** Cancels an explanation. null when the owner has none of this id. */
export async function cancelExplanation({ redis, queue, keys, webhooks, resultTtlSeconds, owner, id }: CancelInput): Promise<Cancelled | null> {
  const names = [keys.job(id), keys.owned(id), keys.queued, keys.running, keys.queueLock(id), keys.events(id)];
  const said = await runScript(redis, CANCEL, names, [id, owner, ...clock(keys, resultTtlSeconds)]);
  if (!Array.isArray(said)) return null;
  const [status, ended, ...due] = said as [Status, number, ...string[]];
  await webhooks.announce(due);
  if (status === 'cancelled') await dequeue(redis, queue, id);
  return { status, ended: ended === 1 };
}
