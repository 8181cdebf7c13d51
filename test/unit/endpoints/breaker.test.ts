import { describe, expect, it } from 'vitest';
import { Fault } from '../../../src/endpoints/http/fault.ts';
import { Breaker } from '../../../src/endpoints/traffic/breaker.ts';
import { isGone } from '../../../src/endpoints/traffic/ending.ts';

describe('the breaker', () => {
  const failing = (breaker: Breaker, times: number, now = 0, gone = false) => Array.from({ length: times }, () => breaker.failed(now, gone)).filter(Boolean).length;

  it('opens after failures in a row, then lets one try, and waits twice as long when that fails', () => {
    const breaker = new Breaker();
    failing(breaker, 19);
    breaker.alive();
    expect(failing(breaker, 19)).toBe(0);
    expect([breaker.halfOpen, breaker.openUntil]).toEqual([false, 0]);
    expect(failing(breaker, 1)).toBe(1);
    expect([breaker.halfOpen, breaker.openUntil]).toEqual([true, 1_000]);
    // what was under way when it opened says nothing new
    expect(failing(breaker, 5, 500)).toBe(0);
    for (const [now, until] of [[1_000, 3_000], [3_000, 7_000], [7_000, 15_000], [15_000, 31_000], [31_000, 61_000], [61_000, 91_000]] as const) {
      expect(failing(breaker, 1, now)).toBe(1);
      expect(breaker.openUntil).toBe(until);
    }
    breaker.alive();
    expect([breaker.halfOpen, breaker.openUntil]).toEqual([false, 0]);
  });
});

describe('the breaker of a server that is gone', () => {
  const gone = (breaker: Breaker, times: number) => Array.from({ length: times }, () => breaker.failed(0, true)).filter(Boolean).length;

  it('opens before one item has used its tries, if the server had answered before', () => {
    const breaker = new Breaker();
    expect(gone(breaker, 19)).toBe(0);
    breaker.alive();
    expect(gone(breaker, 4)).toBe(0);
    // an error of a server that is there
    expect(breaker.failed(0, false)).toBe(false);
    expect(gone(breaker, 1)).toBe(1);
    expect(new Fault({ kind: 'connection', detail: '' }).tries).toBeGreaterThan(5);
  });

  it.each([
    [new Fault({ kind: 'connection', detail: '' }), true],
    [new Fault({ kind: 'connection', detail: '', retryable: false }), false],
    [new Fault({ kind: 'timeout', detail: '' }), false],
    [new Fault({ kind: 'http', status: 502, detail: '' }), true],
    [new Fault({ kind: 'http', status: 503, detail: '' }), true],
    [new Fault({ kind: 'http', status: 503, detail: '', retryAfterMs: 2_000 }), false],
    [new Fault({ kind: 'http', status: 504, detail: '' }), true],
    [new Fault({ kind: 'http', status: 500, detail: '' }), false],
    [new Error('aborted'), false],
  ])('%s: %s', (error, expected) => {
    expect(isGone(error)).toBe(expected);
  });
});
