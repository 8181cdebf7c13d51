import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { type Keys, LIFE } from './keys.ts';
import { runScript, type Script } from './scripts.ts';

/** How long a request waits for another one with its key that is just being stored. */
const PATIENCE_MS = 2_000;
const LOOK_EVERY_MS = 20;

/** {id, body hash, 1 when that explanation is stored} of whom the key is bound to already; nil when it is the caller's now. */
const CLAIM: Script = {
  name: 'claim',
  keys: 3,
  lua: `
local binding, claim, job = KEYS[1], KEYS[2], KEYS[3]
local id, body, life = ARGV[1], ARGV[2], ARGV[3]
local was = redis.call('HMGET', binding, 'id', 'body', 'stored', 'job')
if was[1] and was[1] ~= id then
  if redis.call('EXISTS', was[4]) == 1 then return { was[1], was[2], 1 } end
  if not was[3] then return { was[1], was[2], 0 } end
  redis.call('DEL', binding)
end
redis.call('HSET', binding, 'id', id, 'body', body, 'job', job, 'claim', claim)
redis.call('EXPIRE', binding, life)
redis.call('SET', claim, binding, 'EX', life)
return nil`,
};

/** Frees a key whose explanation is not there; one that is stored after all keeps its key. */
const RELEASE: Script = {
  name: 'release',
  keys: 1,
  lua: `
local was = redis.call('HMGET', KEYS[1], 'job', 'claim')
if was[1] and redis.call('EXISTS', was[1]) == 0 then redis.call('DEL', KEYS[1], was[2]) end
return nil`,
};

export interface Claim {
  owner: string;
  key: string;
  bodyHash: string;
  /** Of what the key shall be bound to. */
  id: string;
  /** The key under which that is stored; left out: an explanation's. */
  stored?: string;
}

/**
 * Binds a key to `id`, or gives what it is bound to. A key is bound before its explanation is stored; who comes in
 * between waits a moment, so that it is told of an explanation that can be read, or gets the key when storing failed.
 */
export async function claimKey(redis: Redis, keys: Keys, claim: Claim): Promise<{ id: string; bodyHash: string } | null> {
  const { owner, key, bodyHash, id, stored: under = keys.job(claim.id) } = claim;
  const names = [keys.binding(owner, key), keys.claim(id), under];
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    const bound = await runScript(redis, CLAIM, names, [id, bodyHash, LIFE.claim]);
    if (!Array.isArray(bound)) return null;
    const [boundId, boundHash, stored] = bound as [string, string, number];
    if (stored === 1 || boundHash !== bodyHash || performance.now() > until) return { id: boundId, bodyHash: boundHash };
    await sleep(LOOK_EVERY_MS);
  }
}

export async function releaseKey(redis: Redis, keys: Keys, owner: string, key: string): Promise<void> {
  await runScript(redis, RELEASE, [keys.binding(owner, key)], []);
}

/** Whether the explanation of this id is about to be stored. */
export async function isClaimed(redis: Redis, keys: Keys, id: string): Promise<boolean> {
  return (await redis.exists(keys.claim(id))) === 1;
}
