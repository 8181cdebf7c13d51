import { expect, it } from 'vitest';
import { freshDelivery } from '../../../src/contract/webhooks.ts';
import type { Attempted } from '../../../src/service/webhook-ports.ts';
import { afterAttempt, WAITS_MS } from '../../../src/worker/webhook-schedule.ts';

const HOUR = 3_600_000;
const refused: Attempted = { ok: false, status: 500, error: 'the receiver answered 500', retryAfter: null };

it('attempts are made for about a day, further and further apart', () => {
  const start = Date.parse('2026-11-23T09:00:00.000Z');
  let now = start;
  let delivery = freshDelivery('https://example.org/');
  const waits: number[] = [];
  for (;;) {
    delivery = afterAttempt(delivery, refused, WAITS_MS, now);
    if (delivery.next_attempt_at === null) break;
    expect(delivery).toMatchObject({ status: 'pending', last_attempt_at: new Date(now).toISOString() });
    waits.push(Date.parse(delivery.next_attempt_at) - now);
    now = Date.parse(delivery.next_attempt_at);
  }
  expect(delivery).toMatchObject({ status: 'failed', attempts: 10, next_attempt_at: null });
  expect(waits).toEqual(waits.toSorted((a, b) => a - b));
  expect(now - start).toBeGreaterThan(23 * HOUR);
  expect(now - start).toBeLessThan(27 * HOUR);
});

it('a receiver that asks for more time gets it, and no less than the schedule', () => {
  const asks = (seconds: number) => afterAttempt(freshDelivery('https://example.org/'), { ...refused, status: 429, retryAfter: seconds }, WAITS_MS, 0).next_attempt_at;
  expect(asks(600)).toBe(new Date(600_000).toISOString());
  expect(Date.parse(asks(0) ?? '')).toBeGreaterThanOrEqual(WAITS_MS[0] ?? 0);
});
