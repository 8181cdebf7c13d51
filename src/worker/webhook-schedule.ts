import type { Delivery } from '../contract/webhooks.ts';
import type { Attempted } from '../service/webhook-ports.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Waits between attempts: ten attempts within a day. */
export const WAITS_MS: readonly number[] = [5_000, 30_000, 5 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 6 * HOUR, 10 * HOUR];
/** Up to so much is added to a wait, so that messages that failed together do not come back together. */
const SPREAD = 0.1;

/** By this status a receiver says that its URL is gone (Standard Webhooks). */
export const GONE = 410;

/** The delivery after an attempt at `now`. */
export function afterAttempt(delivery: Delivery, tried: Attempted, waits: readonly number[], now: number): Delivery {
  const attempts = delivery.attempts + 1;
  const common = { url: delivery.url, attempts, last_attempt_at: new Date(now).toISOString(), response_status: tried.status, next_attempt_at: null };
  if (tried.ok) return { ...common, status: 'delivered', error: null };
  if (tried.status === GONE) return { ...common, status: 'disabled', error: tried.error };
  const wait = waits[attempts - 1];
  if (wait === undefined) return { ...common, status: 'failed', error: tried.error };
  const next = now + Math.max(wait * (1 + SPREAD * Math.random()), (tried.retryAfter ?? 0) * 1_000);
  return { ...common, status: 'pending', error: tried.error, next_attempt_at: new Date(next).toISOString() };
}

/** The delivery to a URL that is known to be gone. */
export const disabledDelivery = (delivery: Delivery): Delivery => ({ ...delivery, status: 'disabled', error: 'the receiver said that it is gone', next_attempt_at: null });
