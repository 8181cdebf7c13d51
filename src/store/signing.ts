import { createHmac, randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { Signing } from '../service/webhook-ports.ts';
import { type Keys, LIFE } from './keys.ts';
import { guarded } from './unavailable.ts';

/*
 * Secrets are derived, so that none lies in Redis: HMAC-SHA256 of the owner and of how often they rotated, under a key
 * from the environment. Where there is none, a random one is made once and kept in Redis.
 */

const KEY_BYTES = 32;

export interface SigningKeys {
  /** Of the environment, null when not set. */
  current: string | null;
  /** What `current` took the place of, for as long as receivers may still go by it; null when there is none. */
  previous?: string | null;
}

export function createSigning(redis: Redis, keys: Keys, { current: key, previous: before = null }: SigningKeys): Signing {
  const master = async (): Promise<string> => {
    if (key !== null) return key;
    const kept = await redis.get(keys.signing);
    if (kept !== null) return kept;
    const fresh = randomBytes(KEY_BYTES).toString('base64');
    if ((await redis.set(keys.signing, fresh, 'NX')) === 'OK') return fresh;
    return (await redis.get(keys.signing)) ?? fresh;
  };
  const derived = (from: string, owner: string, generation: number): string => {
    const bytes = createHmac('sha256', from).update(JSON.stringify(['webhook', owner, generation])).digest();
    return `whsec_${bytes.toString('base64')}`;
  };

  return {
    secrets: (owner) =>
      guarded(async () => {
        const [from, [generation, rotatedMs]] = await Promise.all([master(), redis.hmget(keys.rotation(owner), 'generation', 'rotated_ms')]);
        const now = Number(generation ?? 0);
        const ends = Number(rotatedMs ?? 0) + LIFE.secret * 1_000;
        const overlaps = now > 0 && Date.now() < ends;
        const good = overlaps ? [now, now - 1] : [now];
        return {
          current: derived(from, owner, now),
          previous: overlaps ? { secret: derived(from, owner, now - 1), expiresAt: new Date(ends).toISOString() } : null,
          ofKeyBefore: before === null ? [] : good.map((one) => derived(before, owner, one)),
        };
      }),
    rotate: (owner) =>
      guarded(async () => {
        await redis.multi().hincrby(keys.rotation(owner), 'generation', 1).hset(keys.rotation(owner), 'rotated_ms', Date.now()).exec();
      }),
  };
}
