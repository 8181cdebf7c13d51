import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../../src/endpoints/http/fault.ts';
import { exhaustedMs, rateLimitOf } from '../../../src/endpoints/http/rate-limit.ts';
import { Concurrency } from '../../../src/endpoints/traffic/concurrency.ts';
import { endingOf } from '../../../src/endpoints/traffic/ending.ts';
import { FairQueue } from '../../../src/endpoints/traffic/fair-queue.ts';
import { Latency } from '../../../src/endpoints/traffic/latency.ts';
import { Pacer } from '../../../src/endpoints/traffic/pacer.ts';
import { Pause } from '../../../src/endpoints/traffic/pause.ts';

describe('the concurrency', () => {
  it('is halved once per round, and grows by one per round up to what is configured', () => {
    const concurrency = new Concurrency(8);
    for (let reply = 0; reply < 8; reply += 1) concurrency.overloaded(0, 10);
    expect(concurrency.limit).toBe(4);
    concurrency.overloaded(11, 20);
    expect(concurrency.limit).toBe(2);
    for (let cut = 21; cut < 40; cut += 1) concurrency.overloaded(cut, cut);
    expect(concurrency.limit).toBe(1);
    concurrency.wentWell();
    expect(concurrency.limit).toBe(2);
    for (let reply = 0; reply < 1_000; reply += 1) concurrency.wentWell();
    expect(concurrency.limit).toBe(8);
    concurrency.slowed(50, 60);
    expect(concurrency.limit).toBe(6);
  });
});

describe('latency', () => {
  it('has risen when the last replies took twice as long as usual, until that is usual', () => {
    const latency = new Latency();
    const rises = (times: number, milliseconds: number) =>
      Array.from({ length: times }, () => latency.risen('a', milliseconds)).filter(Boolean).length;
    expect(rises(100, 50)).toBe(0);
    expect(rises(100, 90)).toBe(0);
    expect(rises(20, 500)).toBeGreaterThan(10);
    expect(rises(500, 500)).toBeLessThan(100);
    expect(rises(20, 500)).toBe(0);
    expect(latency.risen('b', 10_000)).toBe(false);
  });

  it('of a server that queues what is above its slots has not', () => {
    const latency = new Latency();
    const slots = 8;
    for (let reply = 0; reply < 200; reply += 1) {
      // 32 are sent at once, then one for each reply
      expect(latency.risen('a', 50 * Math.min(4, 1 + Math.floor(reply / slots)))).toBe(false);
    }
  });
});

/** A server with a token bucket, and a client that always has something to send. Gives the share of the rate that was used. */
function utilisation(rate: number, bucket: number, seconds: number): { used: number; refused: number } {
  const pacer = new Pacer();
  let [tokens, at, sent, taken, refused] = [bucket, 0, 0, 0, 0];
  for (let now = 0; now < seconds * 1_000; now += 1) {
    tokens = Math.min(bucket, tokens + ((now - at) * rate) / 1_000);
    at = now;
    // at most ten in a millisecond, as a client with many connections would
    for (let burst = 0; burst < 10 && pacer.earliest <= now; burst += 1) {
      pacer.sent(now);
      sent += 1;
      if (tokens >= 1) {
        tokens -= 1;
        taken += 1;
        pacer.wentWell(now);
      } else {
        refused += 1;
        pacer.refused(now, now);
      }
    }
  }
  expect(sent).toBe(taken + refused);
  return { used: taken / (bucket + rate * seconds), refused: refused / sent };
}

describe('the pacer', () => {
  it.each([
    [5, 5],
    [20, 20],
    [20, 5],
    [200, 200],
    [1_000, 50],
  ])('settles at %i a second, with a bucket of %i, within a tenth and with few refusals', (rate, bucket) => {
    const { used, refused } = utilisation(rate, bucket, 120);
    expect(used).toBeGreaterThan(0.9);
    expect(used).toBeLessThanOrEqual(1);
    expect(refused).toBeLessThan(0.1);
  });

  it('holds nothing back before a refusal, nor after one that comes before any reply', () => {
    const pacer = new Pacer();
    for (let count = 0; count < 100; count += 1) pacer.sent(0);
    pacer.refused(0, 1);
    expect(pacer.earliest).toBe(0);
    expect(pacer.rate(1)).toBeNull();
  });

  it('finds a limit that was lifted', () => {
    const pacer = new Pacer();
    for (let count = 0; count < 10; count += 1) pacer.wentWell(count * 100);
    pacer.refused(1_000, 1_000);
    const at = pacer.rate(1_000) ?? 0;
    expect(pacer.rate(6_000)).toBeCloseTo(at / 0.85);
    expect(pacer.rate(60_000)).toBeGreaterThan(50 * at);
  });
});

describe('pauses', () => {
  it('add up, and the end of being away does not end what was asked for', () => {
    const pause = new Pause();
    expect([pause.total(0), pause.total(1e12)]).toEqual([0, 0]);
    pause.extend(2_000, 'asked', 1_000);
    expect([pause.total(1_500), pause.total(9_000)]).toEqual([500, 1_000]);
    pause.extend(12_000, 'away', 10_000);
    expect([pause.why, pause.total(11_000)]).toEqual(['away', 2_000]);
    pause.extend(11_500, 'asked', 11_000);
    pause.end(11_000);
    expect([pause.until, pause.why, pause.total(20_000)]).toEqual([11_500, 'asked', 2_500]);
  });
});

describe('how a request ended', () => {
  const http = (status: number, retryAfterMs: number | null = null) => new Fault({ kind: 'http', status, detail: '', retryAfterMs });
  it.each([
    [http(429), 'throttled'],
    [http(429, 5), 'paused'],
    [http(503, 5), 'paused'],
    [http(503), 'overloaded'],
    [http(500), 'away'],
    [http(501), 'alive'],
    [http(400, 5), 'alive'],
    [http(404), 'alive'],
    [new Fault({ kind: 'connection', detail: '' }), 'away'],
    [new Fault({ kind: 'connection', detail: '', retryable: false }), 'alive'],
    [new Fault({ kind: 'timeout', detail: '' }), 'away'],
    [new Fault({ kind: 'malformed', detail: '' }), 'alive'],
    [new Error('aborted'), 'unsent'],
  ] as const)('%s: %s', (error, ending) => {
    expect(endingOf(error)).toBe(ending);
  });
});

describe('x-ratelimit headers', () => {
  const read = (headers: Record<string, string>) => rateLimitOf(new Headers(headers));
  it.each([
    ['6m0s', 360_000],
    ['12ms', 12],
    ['1.5s', 1_500],
    ['1h2m3s', 3_723_000],
    ['7', 7_000],
  ])('a reset of %s', (reset, resetMs) => {
    expect(read({ 'x-ratelimit-remaining-requests': '3', 'x-ratelimit-reset-requests': reset }).requests).toEqual({ remaining: 3, resetMs });
  });

  it.each([{}, { 'x-ratelimit-remaining-requests': '0' }, { 'x-ratelimit-remaining-requests': '-1', 'x-ratelimit-reset-requests': '1s' }, { 'x-ratelimit-remaining-requests': '1', 'x-ratelimit-reset-requests': 'soon' }])(
    'say nothing in %j',
    (headers) => {
      expect(read(headers)).toEqual({ requests: null, tokens: null });
      expect(exhaustedMs(read(headers), 10)).toBeNull();
    },
  );

  it('name the longest time of a limit that is used up', () => {
    const left = (requests: number, tokens: number) => ({ requests: { remaining: requests, resetMs: 5 }, tokens: { remaining: tokens, resetMs: 9 } });
    expect([exhaustedMs(left(1, 100), 50), exhaustedMs(left(0, 100), 50), exhaustedMs(left(0, 49), 50), exhaustedMs(left(1, 0), 0)]).toEqual([null, 5, 9, 9]);
  });
});

describe('turns', () => {
  it('are shared evenly by cost among owners, then among the jobs of each, however many they have', () => {
    const jobs = fc.array(fc.record({ owner: fc.constantFrom('a', 'b', 'c'), cost: fc.integer({ min: 1, max: 8 }) }), { minLength: 2, maxLength: 8 });
    fc.assert(
      fc.property(jobs, (all) => {
        const queue = new FairQueue<{ owner: string; job: object; cost: number }>();
        const tokens = all.map(({ owner, cost }) => ({ owner, cost, job: {} }));
        for (const each of tokens) for (let count = 0; count < 200; count += 1) queue.push(each, each.owner, each.job, each.cost);
        const [byOwner, byJob] = [new Map<string, number>(), new Map<object, number>()];
        for (let count = 0; count < 150; count += 1) {
          const next = queue.peek();
          expect(queue.shift()).toBe(next);
          if (!next) throw new Error('nothing left');
          byOwner.set(next.owner, (byOwner.get(next.owner) ?? 0) + next.cost);
          byJob.set(next.job, (byJob.get(next.job) ?? 0) + next.cost);
        }
        const spread = (values: number[]) => Math.max(...values) - Math.min(...values);
        expect(spread([...new Set(all.map(({ owner }) => owner))].map((owner) => byOwner.get(owner) ?? 0))).toBeLessThanOrEqual(8);
        for (const owner of byOwner.keys()) {
          expect(spread(tokens.filter((each) => each.owner === owner).map(({ job }) => byJob.get(job) ?? 0))).toBeLessThanOrEqual(8);
        }
      }),
    );
  });

  it('let a late and small one in at once, without the turns that it did not take', () => {
    const queue = new FairQueue<string>();
    const [large, small] = [{}, {}];
    for (let count = 0; count < 10_000; count += 1) queue.push('large', 'a', large, 1);
    for (let count = 0; count < 5_000; count += 1) queue.shift();
    for (let count = 0; count < 20; count += 1) queue.push('small', 'b', small, 1);
    const served = Array.from({ length: 60 }, () => queue.shift());
    expect(served.slice(0, 41).filter((each) => each === 'small')).toHaveLength(20);
    expect(served.slice(0, 10).filter((each) => each === 'large').length).toBeGreaterThanOrEqual(4);
  });

  it('forget who left, and remember what was just served to who comes back', () => {
    const queue = new FairQueue<number>();
    const [a, b] = [{}, {}];
    queue.push(1, 'a', a, 1);
    queue.push(2, 'a', a, 1);
    queue.remove(1);
    expect([queue.items(), queue.shift(), queue.peek(), queue.shift()]).toEqual([[2], 2, undefined, undefined]);
    const served: string[] = [];
    const names = new FairQueue<string>();
    for (let count = 0; count < 200; count += 1) names.push('b', 'b', b, 1);
    // one at a time, each worth ten
    names.push('a', 'a', a, 10);
    for (let count = 0; count < 110; count += 1) {
      const next = names.shift() ?? '';
      served.push(next);
      if (next === 'a') names.push('a', 'a', a, 10);
    }
    expect(served.filter((each) => each === 'a').length).toBeLessThanOrEqual(11);
    expect(served.filter((each) => each === 'a').length).toBeGreaterThanOrEqual(9);
  });
});
