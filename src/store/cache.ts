import type { Redis } from 'ioredis';
import type { Outcome } from '../core/types.ts';
import type { OutcomeCache } from '../service/ports.ts';
import { decodeOutcome, encodeOutcome } from './codec.ts';
import type { Keys } from './keys.ts';
import { Pending } from './pending.ts';
import { replies } from './read.ts';
import { guarded } from './unavailable.ts';

export interface OutcomeCacheDeps {
  /** Policy `producer`, so that a cache that is away is passed over and not waited for. */
  redis: Redis;
  keys: Keys;
  /** Counted anew from every write; a hit does not lengthen it. */
  ttlSeconds: number;
}

export interface RedisOutcomeCache extends OutcomeCache {
  /** Writes what could not be written before, if it can be now. */
  close(): Promise<void>;
}

/** Keys in one command: a round may hold thousands, and Redis serves nobody else during a command. */
const AT_ONCE = 500;

function slices<T>(all: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(all.length / AT_ONCE) }, (_, part) => all.slice(part * AT_ONCE, (part + 1) * AT_ONCE));
}

/** The store of outcomes by content address. */
export function createOutcomeCache({ redis, keys, ttlSeconds }: OutcomeCacheDeps): RedisOutcomeCache {
  const pending = new Pending(async (entries) => {
    for (const part of slices(entries)) {
      if (redis.status !== 'ready') throw new Error('Connection is closed.');
      const pipeline = redis.pipeline();
      for (const [key, value] of part) pipeline.set(keys.outcome(key), value, 'EX', ttlSeconds);
      replies(await pipeline.exec());
    }
  });
  // what waits goes out before anybody takes over a job whose worker lost its lock meanwhile
  redis.on('ready', () => void pending.flush().catch(() => undefined));
  const getSlice = async (part: readonly string[]): Promise<(Outcome | null)[]> => {
    const known = redis.status === 'ready' ? await redis.mgetBuffer(part.map(keys.outcome)).catch(() => []) : [];
    return part.map((key, position) => {
      const value = known[position] ?? pending.get(key);
      return value ? decodeOutcome(value) : null;
    });
  };
  return {
    get: async (wanted) => (await Promise.all(slices(wanted).map(getSlice))).flat(),
    async set(key, outcome) {
      if (outcome.kind === 'failed') return;
      const value = encodeOutcome(outcome);
      const written = redis.status === 'ready' && (await redis.set(keys.outcome(key), value, 'EX', ttlSeconds).catch(() => null)) === 'OK';
      if (!written) pending.add(key, value);
    },
    /** @throws ProblemError storage_unavailable: what should be erased must not be thought to be */
    delete: (gone) =>
      guarded(async () => {
        for (const key of gone) pending.delete(key);
        for (const part of slices(gone)) await redis.unlink(part.map(keys.outcome));
      }),
    close: () => pending.close(),
  };
}
