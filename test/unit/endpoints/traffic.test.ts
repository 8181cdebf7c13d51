import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../../src/endpoints/http/fault.ts';
import { Limiter } from '../../../src/endpoints/traffic/limiter.ts';
import type { Slot } from '../../../src/endpoints/traffic/slot.ts';
import { backoffMs, withRetries } from '../../../src/endpoints/traffic/retry.ts';
import { estimateTokens, usageOf } from '../../../src/endpoints/traffic/usage.ts';
import { MinuteWindow } from '../../../src/endpoints/traffic/window.ts';
import { systemClock } from '../../../src/endpoints/traffic/clock.ts';
import { FastClock, never } from '../../helpers/endpoint-kit.ts';

const open = { concurrency: 100, requestsPerMinute: null, tokensPerMinute: null };

/** Asks for places one after the other; the times at which they came, each given back at once. */
async function times(limiter: Limiter, clock: FastClock, costs: readonly number[]): Promise<number[]> {
  const begun = clock.now();
  return Promise.all(
    costs.map(async (cost) => {
      const slot = await limiter.acquire(cost, Infinity, never);
      const at = clock.now() - begun;
      slot.release();
      return at;
    }),
  );
}

describe('the minute window', () => {
  it('lets no more than the limit through in any 60 seconds, and wastes no time', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.array(fc.record({ gap: fc.nat({ max: 30_000 }), amount: fc.integer({ min: 1, max: 8 }) }), { maxLength: 40 }),
        (limit, wishes) => {
          const window = new MinuteWindow(limit);
          const sent: { at: number; amount: number }[] = [];
          let now = 0;
          for (const { gap, amount } of wishes) {
            const at = window.earliest(amount, now + gap);
            expect(window.earliest(amount, at)).toBe(at);
            window.add(amount, at);
            sent.push({ at, amount });
            now = at;
          }
          for (const { at } of sent) {
            const inside = sent.filter((each) => each.at > at - 60_000 && each.at <= at);
            const total = inside.reduce((sum, each) => sum + each.amount, 0);
            expect(total <= limit || inside.length === 1).toBe(true);
          }
        },
      ),
    );
  });
});

describe('the limiter', () => {
  it('gives places in the order of asking, so many at once', async () => {
    const limiter = new Limiter({ ...open, concurrency: 2 }, new FastClock());
    const order: number[] = [];
    const slots: Slot[] = [];
    const waits = [0, 1, 2, 3].map(async (index) => {
      slots.push(await limiter.acquire(0, Infinity, never));
      order.push(index);
    });
    await Promise.all(waits.slice(0, 2));
    expect(order).toEqual([0, 1]);
    slots[0]?.release();
    slots[0]?.release();
    await waits[2];
    expect(order).toEqual([0, 1, 2]);
    slots[1]?.release();
    await waits[3];
    expect(order).toEqual([0, 1, 2, 3]);
  });

  it('keeps to requests per minute', async () => {
    const clock = new FastClock();
    expect(await times(new Limiter({ ...open, requestsPerMinute: 2 }, clock), clock, [0, 0, 0, 0, 0])).toEqual([
      0, 0, 60_000, 60_000, 120_000,
    ]);
  });

  it('keeps to tokens per minute, corrected by what was used, and lets one that is larger through alone', async () => {
    const clock = new FastClock();
    const limiter = new Limiter({ ...open, tokensPerMinute: 100 }, clock);
    expect(limiter.countsTokens).toBe(true);
    expect(await times(limiter, clock, [60, 60, 500])).toEqual([0, 60_000, 120_000]);
    const after = new Limiter({ ...open, tokensPerMinute: 100 }, clock);
    const slot = await after.acquire(90, Infinity, never);
    slot.settle(10);
    slot.release();
    expect(await times(after, clock, [90])).toEqual([0]);
  });

  it('sends nothing in a pause, which only grows', async () => {
    const clock = new FastClock();
    const limiter = new Limiter(open, clock);
    limiter.pause(clock.now() + 5_000);
    limiter.pause(clock.now() + 2_000);
    expect(await times(limiter, clock, [0, 0])).toEqual([5_000, 5_000]);
  });

  it('refuses those whom a pause would keep too long, those who wait already as well', async () => {
    const clock = new FastClock();
    const limiter = new Limiter({ ...open, concurrency: 1 }, clock);
    const held = await limiter.acquire(0, Infinity, never);
    const waiting = limiter.acquire(0, 1_000, never);
    const patient = limiter.acquire(0, 9_000, never);
    limiter.pause(clock.now() + 5_000);
    await expect(waiting).rejects.toMatchObject({ name: 'PausedTooLong', waitMs: 5_000 });
    await expect(limiter.acquire(0, 4_999, never)).rejects.toMatchObject({ name: 'PausedTooLong' });
    held.release();
    (await patient).release();
  });

  it('lets go of who aborts, without keeping others back', async () => {
    const limiter = new Limiter({ ...open, concurrency: 1 }, new FastClock());
    const held = await limiter.acquire(0, Infinity, never);
    const stop = new AbortController();
    const leaving = limiter.acquire(0, Infinity, stop.signal);
    const next = limiter.acquire(0, Infinity, never);
    stop.abort(new Error('gone'));
    await expect(leaving).rejects.toThrow('gone');
    await expect(limiter.acquire(0, Infinity, stop.signal)).rejects.toThrow('gone');
    held.release();
    (await next).release();
  });

  it('refuses who still waits when it is closed', async () => {
    const limiter = new Limiter({ ...open, concurrency: 1 }, systemClock);
    await limiter.acquire(0, Infinity, never);
    const waiting = limiter.acquire(0, Infinity, never);
    limiter.close();
    await expect(waiting).rejects.toThrow('closed');
  });
});

describe('backing off', () => {
  it('grows from 0.25 s to 8 s with full jitter', () => {
    expect([0, 1, 2, 3, 4, 5, 6, 20].map((failures) => backoffMs(failures, 1))).toEqual([
      250, 500, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000,
    ]);
    expect(backoffMs(3, 0)).toBe(0);
    fc.assert(
      fc.property(
        fc.nat({ max: 100 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (failures, random) => backoffMs(failures, random) >= 0 && backoffMs(failures, random) < 8_000,
      ),
    );
  });

  it('passes on what is no fault of the server, without another try', async () => {
    let tries = 0;
    const attempt = () => {
      tries += 1;
      return Promise.reject(new TypeError('a bug'));
    };
    const patience = { leftMs: 1e9 };
    const options = { clock: new FastClock(), signal: never, patience, onRetry: () => undefined };
    await expect(withRetries(attempt, options)).rejects.toThrow('a bug');
    expect(tries).toBe(1);
  });

  it('takes from one patience for all requests of an item', async () => {
    const patience = { leftMs: 700 };
    const clock = new FastClock();
    const options = { clock, signal: never, patience, onRetry: () => undefined };
    const failing = () => withRetries(() => Promise.reject(new Fault({ kind: 'http', status: 500, detail: '' })), options);
    await expect(failing()).rejects.toThrow('http 500');
    expect(clock.slept).toEqual([125, 250]);
    expect(patience.leftMs).toBe(325);
    await expect(failing()).rejects.toThrow('http 500');
    expect(clock.slept).toEqual([125, 250, 125]);
  });
});

describe('usage', () => {
  const price = { promptPerMillion: 2, completionPerMillion: 10 };

  it('reads chat, completions and responses, and prices them', () => {
    expect(
      usageOf({ usage: { prompt_tokens: 100, completion_tokens: 20, prompt_tokens_details: { cached_tokens: 64 } } }, price),
    ).toEqual({
      calls: 0,
      httpRequests: 1,
      promptTokens: 100,
      cachedTokens: 64,
      completionTokens: 20,
      costUsd: 0.0004,
    });
    expect(
      usageOf({ usage: { input_tokens: 7, output_tokens: 3, input_tokens_details: { cached_tokens: 1 } } }, null),
    ).toMatchObject({ promptTokens: 7, cachedTokens: 1, completionTokens: 3, costUsd: 0 });
  });

  it('prices tokens from a cache apart where that is said, and never more of them than the prompt has', () => {
    const cost = (cached: number, cachedPerMillion?: number | null) =>
      usageOf({ usage: { prompt_tokens: 100, completion_tokens: 20, prompt_tokens_details: { cached_tokens: cached } } }, { ...price, cachedPerMillion }).costUsd * 1e6;
    expect([cost(64, 0.5), cost(64, null), cost(64), cost(0, 0.5), cost(900, 0.5)]).toEqual([36 * 2 + 64 * 0.5 + 200, 400, 400, 400, 250].map((dollars) => expect.closeTo(dollars, 9) as number));
  });

  it('of a list of prompts on llama.cpp, whose counts are of the first, is that of all', () => {
    const reply = { choices: [{}, {}, {}], usage: { prompt_tokens: 10, completion_tokens: 2, prompt_tokens_details: { cached_tokens: 4 } }, timings: { prompt_n: 6 } };
    expect(usageOf(reply, null)).toMatchObject({ promptTokens: 30, completionTokens: 6, cachedTokens: 12 });
  });

  it.each([
    null,
    {},
    { usage: null },
    { usage: 'much' },
    { usage: { prompt_tokens: null, prompt_tokens_details: null } },
    { usage: { prompt_tokens: -1 } },
  ])('counts %j as one request', (reply) => {
    expect(usageOf(reply, price)).toEqual({
      calls: 0,
      httpRequests: 1,
      promptTokens: 0,
      cachedTokens: 0,
      completionTokens: 0,
      costUsd: 0,
    });
  });

  it('is guessed from characters and what may be generated', () => {
    expect(estimateTokens({ prompt: 'x'.repeat(387) })).toBe(100);
    expect(estimateTokens({ prompt: 'x'.repeat(369), max_tokens: 50 })).toBe(150);
  });
});
