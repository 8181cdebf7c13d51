import type { Redis } from 'ioredis';
import { type JobStore, type OutcomeCache, type Status, type Stored } from '../service/ports.ts';
import { clock } from './clock.ts';
import { type Keys, LIFE } from './keys.ts';
import { packText } from './packing.ts';
import { readMany } from './read.ts';
import { runScript, type Script } from './scripts.ts';
import { FINISH, PROGRESS, START } from './transitions.ts';
import { guarded } from './unavailable.ts';
import type { WebhookQueue } from './webhook-queue.ts';

export interface JobStoreDeps {
  /** Policy `worker`: a worker has nothing better to do than to wait for its storage. */
  redis: Redis;
  keys: Keys;
  /** Where the outcomes of an explanation lie that was erased while it ran. */
  cache: OutcomeCache;
  webhooks: WebhookQueue;
  resultTtlSeconds: number;
}

/** 1 = remembered, 0 = the job is gone. */
const OWN: Script = {
  name: 'own',
  keys: 2,
  lua: `
local job, owned = KEYS[1], KEYS[2]
local life = redis.call('TTL', job)
if life < 0 then return 0 end
redis.call('RPUSH', owned, ARGV[1])
redis.call('EXPIRE', owned, math.max(life, 1))
return 1`,
};

/** The worker's side of the explanations. */
export function createJobStore({ redis, keys, cache, webhooks, resultTtlSeconds }: JobStoreDeps): JobStore {
  const load = async (id: string): Promise<Stored | null> => (await readMany(redis, keys, [id]))[0] ?? null;

  const start = async (id: string): Promise<Status | null> => {
    const values = [id, ...clock(keys, resultTtlSeconds)];
    return (await runScript(redis, START, [keys.job(id), keys.queued, keys.running, keys.events(id)], values)) as Status | null;
  };

  const progress = async (id: string, text: string, provisional: string | null, kind: string): Promise<Status | null> => {
    const values = [id, text, provisional ?? '', kind, LIFE.open, keys.told];
    const status = (await runScript(redis, PROGRESS, [keys.job(id), keys.events(id)], values)) as Status | null;
    // a failover can lose the start of a job that is running: it is not a reason to stop it
    return status === 'queued' ? start(id) : status;
  };

  const finish: JobStore['finish'] = async (id, end) => {
    const evaluations = end.evaluations === null ? '' : await packText(end.evaluations);
    const names = [keys.job(id), keys.result(id), keys.evaluations(id), keys.owned(id), keys.queued, keys.running, keys.events(id)];
    const values = [id, end.status, end.error, end.progress, end.result, evaluations, ...clock(keys, resultTtlSeconds)];
    const due = await runScript(redis, FINISH, names, values);
    if (!Array.isArray(due)) return false;
    await webhooks.announce(due as string[]);
    return true;
  };

  const ownCacheKeys = async (id: string, owned: readonly string[]): Promise<void> => {
    if (owned.length === 0) return;
    const remembered = await runScript(redis, OWN, [keys.job(id), keys.owned(id)], [JSON.stringify(owned)]);
    // erased while it ran: what it wrote since goes as well
    if (remembered === 0) await cache.delete(owned);
  };

  const confirmCacheKeys = async (id: string, written: readonly string[]): Promise<void> => {
    if (written.length > 0 && (await redis.exists(keys.job(id))) === 0) await cache.delete(written);
  };

  return {
    load: (id) => guarded(() => load(id)),
    secret: (id) => guarded(() => redis.hget(keys.job(id), 'secret')),
    start: (id) => guarded(() => start(id)),
    progress: (id, text, provisional = null, kind = 'attributions') => guarded(() => progress(id, text, provisional, kind)),
    finish: (id, end) => guarded(() => finish(id, end)),
    ownCacheKeys: (id, owned) => guarded(() => ownCacheKeys(id, owned)),
    confirmCacheKeys: (id, written) => guarded(() => confirmCacheKeys(id, written)),
  };
}
