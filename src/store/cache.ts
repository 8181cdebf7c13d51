import type { Redis } from 'ioredis';
import type { Outcome } from '../core/types.ts';
import type { OutcomeCache } from '../service/ports.ts';
import { decodeOutcome, encodeOutcome } from './codec.ts';
import type { Keys } from './keys.ts';
import { guarded } from './unavailable.ts';

export interface OutcomeCacheDeps {
  /** Policy `producer`, so that a cache that is away is passed over and not waited for. */
  redis: Redis;
  keys: Keys;
  /** Counted anew from every write; a hit does not lengthen it. */
  ttlSeconds: number;
}

/** Keys in one command: a round may hold thousands, and Redis serves nobody else during a command. */
const AT_ONCE = 500;

function slices<T>(all: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(all.length / AT_ONCE) }, (_, part) => all.slice(part * AT_ONCE, (part + 1) * AT_ONCE));
}

/** The store of outcomes by content address. */
export function createOutcomeCache({ redis, keys, ttlSeconds }: OutcomeCacheDeps): OutcomeCache {
  const getSlice = async (part: readonly string[]): Promise<(Outcome | null)[]> => {
    if (redis.status !== 'ready') return part.map(() => null);
    const values = await redis.mgetBuffer(part.map(keys.outcome)).catch(() => part.map(() => null));
    return values.map((value) => (value ? decodeOutcome(value) : null));
  };
  return {
    get: async (wanted) => (await Promise.all(slices(wanted).map(getSlice))).flat(),
    async set(key, outcome) {
      if (outcome.kind === 'failed' || redis.status !== 'ready') return;
      await redis.set(keys.outcome(key), encodeOutcome(outcome), 'EX', ttlSeconds).catch(() => null);
    },
    /** @throws ProblemError storage_unavailable: what should be erased must not be thought to be */
    delete: (gone) =>
      guarded(async () => {
        for (const part of slices(gone)) await redis.unlink(part.map(keys.outcome));
      }),
  };
}
