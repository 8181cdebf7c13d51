import { describe, expect, it } from 'vitest';
import { distrust, noiseOf } from '../../../src/endpoints/probe/gate.ts';
import { Remembered } from '../../../src/endpoints/probe/remembered.ts';
import { otherAnswer, type Sample, type Trial } from '../../../src/endpoints/ways/way.ts';
import { never } from '../../helpers/endpoint-kit.ts';

const sampled = (logprobs: number[]): Sample => ({ call: {}, text: 'x', logprobs, firstToken: 'x', ids: null, promptIds: null });
const weighed = (own: number[], other = -99): Trial => ({ own, other, lists: null, weigher: { rung: 'prompt_logprobs', grid: () => Promise.reject(new Error('none')), weigh: () => Promise.resolve() } });

function gate(logprobs: number[], own: number, other: number): string | null {
  return distrust(sampled(logprobs), weighed([own], other));
}

describe('the gate', () => {
  it('lets pass what weighs as it was generated, within 0.05 per token or 1 %', () => {
    expect(gate([-1, -1], -2.099, -9)).toBeNull();
    expect(gate([-1, -1], -2.101, -9)).not.toBeNull();
    expect(gate([-300, -300], -605.9, -900)).toBeNull();
    expect(gate([-300, -300], -606.1, -900)).not.toBeNull();
    expect(gate([-0.001], -0.001, -12)).toBeNull();
  });

  it('wants another answer to weigh less, by more than the tolerance', () => {
    expect(gate([-1, -1], -2, -2)).not.toBeNull();
    expect(gate([-1, -1], -2, -2.09)).not.toBeNull();
    expect(gate([-1, -1], -2, -2.11)).toBeNull();
    expect(gate([-0.0001], -1e-6, -1e-6)).not.toBeNull();
  });

  it('always has another answer', () => {
    for (const text of ['Paris', ' a', 'abba', '', ' ', 'é🙂']) expect(otherAnswer(text).trim()).not.toBe(text.trim());
    expect(otherAnswer('é🙂a').isWellFormed()).toBe(true);
  });
});

describe('the noise of weighing', () => {
  it('is how far each token was off, whichever way', () => {
    const { sd, seen } = noiseOf(sampled([-1, -2, -3]), weighed([-1.03, -1.96, -3]));
    expect(sd).toBeCloseTo(Math.sqrt((0.03 ** 2 + 0.04 ** 2) / 3), 12);
    expect(seen).toBe(3);
    expect(noiseOf(sampled([-1, -2]), weighed([-1, -2]))).toEqual({ sd: 0, seen: 2 });
  });

  it('is known by the sum alone where tokens are cut otherwise', () => {
    const { sd, seen } = noiseOf(sampled([-1, -2, -3, -4]), weighed([-3, -7.06]));
    expect(sd).toBeCloseTo(0.03, 12);
    expect(seen).toBe(1);
  });
});

describe('what is remembered', () => {
  function setUp() {
    const now = { time: 0 };
    const signals: AbortSignal[] = [];
    const releases: ((result: { value: string; until: number } | Error) => void)[] = [];
    const remembered = new Remembered<string>(() => now.time);
    const ask = (signal: AbortSignal = never, key = 'm') =>
      remembered.get(key, signal, (own) => {
        signals.push(own);
        return new Promise((resolve, reject) =>
          releases.push((result) => (result instanceof Error ? reject(result) : resolve(result))),
        );
      });
    return { now, signals, releases, ask };
  }

  it('is found once, for as long as it stands', async () => {
    const { now, releases, ask } = setUp();
    const asking = [ask(), ask()];
    releases[0]?.({ value: 'a', until: 100 });
    expect(await Promise.all(asking)).toEqual(['a', 'a']);
    expect(await ask()).toBe('a');
    expect(releases).toHaveLength(1);
    now.time = 100;
    const again = ask();
    releases[1]?.({ value: 'b', until: Infinity });
    expect(await again).toBe('b');
  });

  it('is not a failure', async () => {
    const { releases, ask } = setUp();
    const failing = ask();
    releases[0]?.(new Error('away'));
    await expect(failing).rejects.toThrow('away');
    const again = ask();
    releases[1]?.({ value: 'back', until: Infinity });
    expect(await again).toBe('back');
  });

  it('goes on being looked for while anybody waits, and stops when nobody does', async () => {
    const { signals, releases, ask } = setUp();
    const [one, two] = [new AbortController(), new AbortController()];
    const first = ask(one.signal);
    const second = ask(two.signal);
    one.abort(new Error('one left'));
    await expect(first).rejects.toThrow('one left');
    expect(signals[0]?.aborted).toBe(false);
    two.abort(new Error('two left'));
    await expect(second).rejects.toThrow('two left');
    expect(signals[0]?.aborted).toBe(true);
    const third = ask();
    expect(signals).toHaveLength(2);
    releases[1]?.({ value: 'new', until: Infinity });
    expect(await third).toBe('new');
    await expect(ask(AbortSignal.abort(new Error('before')))).rejects.toThrow('before');
  });
});
