import type { Redis } from 'ioredis';
import { type Delivery, deliverySchema, type WebhookMessage } from '../contract/webhooks.ts';
import type { Due, Outbox } from '../service/webhook-ports.ts';
import { statusOf } from './batch-record.ts';
import { type Keys, LIFE } from './keys.ts';
import { runScript, type Script } from './scripts.ts';
import { guarded } from './unavailable.ts';

/** How a delivery goes, and when the next attempt is ('' = there is none). Nothing is written for what is gone. 1 = written. */
const RECORD: Script = {
  name: 'record',
  keys: 3,
  lua: `
local subject, undelivered, shown = KEYS[1], KEYS[2], KEYS[3]
local id, delivery, next, life = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
if next == '' then redis.call('ZREM', undelivered, id) end
if redis.call('EXISTS', subject) == 0 then
  redis.call('ZREM', undelivered, id)
  return 0
end
redis.call('HSET', subject, 'webhook', delivery)
redis.call('HINCRBY', subject, 'revision', 1)
redis.call('UNLINK', shown)
if next ~= '' then
  redis.call('ZADD', undelivered, next, id)
  redis.call('EXPIRE', undelivered, life)
end
return 1`,
};

type Fields = Record<string, string>;

const explanationMessage = (id: string, fields: Fields): WebhookMessage => {
  const { batch } = fields;
  const of = batch ? (JSON.parse(batch) as { id: string } | null) : null;
  const status = fields['status'] as WebhookMessage['data']['status'];
  return { type: `explanation.${status}`, timestamp: fields['finished_at'] ?? '', data: { id, object: 'explanation', status, batch_id: of?.id ?? null } };
};

const batchMessage = (id: string, fields: Fields): WebhookMessage => {
  const status = statusOf(fields) as 'completed' | 'cancelled';
  return { type: `batch.${status}`, timestamp: fields['finished_at'] ?? '', data: { id, object: 'batch', status, batch_id: null } };
};

/** The worker's side of what is to be told. @param redis policy `worker` */
export function createOutbox(redis: Redis, keys: Keys, resultTtlSeconds: number): Outbox {
  const read = async (id: string): Promise<Due | null> => {
    for (const [key, message] of [[keys.job(id), explanationMessage], [keys.batch(id), batchMessage]] as const) {
      const fields = await redis.hgetall(key);
      if (!fields['finished_at'] || !fields['owner']) continue;
      const delivery = deliverySchema.nullable().parse(JSON.parse(fields['webhook'] || 'null'));
      return delivery && { owner: fields['owner'], delivery, message: message(id, fields) };
    }
    return null;
  };
  const keyOf = async (id: string): Promise<string> => ((await redis.exists(keys.batch(id))) === 1 ? keys.batch(id) : keys.job(id));

  return {
    read: (id) => guarded(() => read(id)),
    record: (id, delivery: Delivery) =>
      guarded(async () => {
        const next = delivery.next_attempt_at === null ? '' : Date.parse(delivery.next_attempt_at);
        await runScript(redis, RECORD, [await keyOf(id), keys.undelivered, keys.shown(id)], [id, JSON.stringify(delivery), next, LIFE.open + resultTtlSeconds]);
      }),
    drop: (id) =>
      guarded(async () => {
        await redis.zrem(keys.undelivered, id);
      }),
    isGone: (owner, url) => guarded(async () => (await redis.exists(keys.gone(owner, url))) === 1),
    setGone: (owner, url) =>
      guarded(async () => {
        await redis.set(keys.gone(owner, url), '1', 'EX', LIFE.gone);
      }),
  };
}
