import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { Claims } from '../service/shared-ports.ts';
import { every, type Repeating } from './every.ts';
import { type Keys, LIFE } from './keys.ts';
import { guarded } from './unavailable.ts';

/** Renewals in a claim's life, so that a late one loses nothing. */
const RENEWALS = 3;

/** Names in one round trip: a round may hold thousands, and Redis serves nobody else meanwhile. */
const AT_ONCE = 500;

export interface RedisClaims extends Claims {
  /** Stops renewing: what is still held runs out. */
  close(): Promise<void>;
}

/** Only the claim's own token may end or lengthen it: it may have run out and be another's by now. */
const RELEASE = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`;
const RENEW = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0`;

/** @param redis policy `producer`; `seconds` is a claim's life without renewal */
export function createClaims(redis: Redis, keys: Keys, seconds: number = LIFE.asking): RedisClaims {
  const token = randomUUID();
  const held = new Set<string>();
  let renewing: Repeating | null = null;

  const each = async (names: readonly string[], script: string, ...values: (string | number)[]): Promise<void> => {
    for (let from = 0; from < names.length; from += AT_ONCE) {
      const pipeline = redis.pipeline();
      for (const name of names.slice(from, from + AT_ONCE)) pipeline.eval(script, 1, keys.asking(name), token, ...values);
      await pipeline.exec();
    }
  };
  const renew = () => guarded(() => each([...held], RENEW, seconds * 1_000)).catch(() => null);
  const takeSome = async (names: readonly string[]): Promise<boolean[]> => {
    const pipeline = redis.pipeline();
    for (const name of names) pipeline.set(keys.asking(name), token, 'PX', seconds * 1_000, 'NX');
    const answers = (await pipeline.exec()) ?? [];
    // an answer that is an error says nothing of another claim
    return names.map((_, index) => answers[index]?.[0] !== null || answers[index]?.[1] === 'OK');
  };

  return {
    async take(names) {
      const taken: boolean[] = [];
      for (let from = 0; from < names.length; from += AT_ONCE) {
        const part = names.slice(from, from + AT_ONCE);
        const free = redis.status === 'ready' ? await takeSome(part).catch(() => null) : null;
        taken.push(...(free ?? part.map(() => true)));
      }
      names.forEach((name, index) => {
        if (taken[index]) held.add(name);
      });
      if (held.size > 0) renewing ??= every((seconds * 1_000) / RENEWALS, renew, () => undefined);
      return taken;
    },
    async release(names) {
      for (const name of names) held.delete(name);
      if (redis.status === 'ready') await each(names, RELEASE).catch(() => null);
      if (held.size === 0 && renewing) {
        const last = renewing;
        renewing = null;
        await last.stop();
      }
    },
    async close() {
      await renewing?.stop();
    },
  };
}
