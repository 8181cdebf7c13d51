import type { Redis } from 'ioredis';
import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { RATE_WINDOW_SECONDS, type Rate, type RatePolicy, type Rates } from '../service/rates.ts';
import type { Keys } from './keys.ts';

const rateOf = (left: RateLimiterRes, allowed: boolean): Rate => ({
  allowed,
  remaining: Math.max(0, left.remainingPoints),
  resetSeconds: Math.max(1, Math.ceil(left.msBeforeNext / 1_000)),
});

/** Fixed windows of a minute, from an owner's first use on. @param redis policy `producer` */
export function createRates(redis: Redis, keys: Keys): Rates {
  const limiters = new Map<string, RateLimiterRedis>();
  const limiterFor = (policy: RatePolicy, quota: number): RateLimiterRedis => {
    const name = `${policy} ${quota}`;
    const limiter =
      limiters.get(name) ??
      new RateLimiterRedis({ storeClient: redis, keyPrefix: keys.rate(policy), points: quota, duration: RATE_WINDOW_SECONDS, rejectIfRedisNotReady: true });
    limiters.set(name, limiter);
    return limiter;
  };
  return {
    async take(owner, policy, quota, cost) {
      const limiter = limiterFor(policy, quota);
      try {
        return rateOf(await limiter.consume(owner, cost), true);
      } catch (refused) {
        if (!(refused instanceof RateLimiterRes)) return null;
        // what was refused was not used: a batch that is too large must not shut out what would fit
        const left = cost > 1 ? await limiter.reward(owner, cost).catch(() => refused) : refused;
        return rateOf(left, false);
      }
    },
  };
}
