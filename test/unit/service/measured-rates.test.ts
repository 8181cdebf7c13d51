import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { measuredRates } from '../../../src/service/measured-rates.ts';

const report = (tokens: { ascii: number; other: number } | null) =>
  JSON.stringify({ supports: { chat: 'text', completion: 'text', tokens, lists: false, notes: [] }, probedAt: '2026-01-01T00:00:00.000Z', httpRequests: 1, certain: true, more: null });

type Read = (endpoint: string, model: string) => Promise<string | null>;

const rates = { ascii: 0.25, other: 1 };

describe('rates that a probe measured', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('are read once in five seconds for each endpoint and model', async () => {
    const read = vi.fn<Read>(async (_endpoint, model) => report(model === 'silent' ? null : rates));
    const of = measuredRates({ read });
    expect([await of('a', 'm'), await of('a', 'm'), await of('b', 'm'), await of('a', 'silent'), await of('a', 'silent')]).toEqual([rates, rates, rates, null, null]);
    expect(read.mock.calls).toEqual([['a', 'm'], ['b', 'm'], ['a', 'silent']]);
    read.mockImplementation(async () => report({ ascii: 0.5, other: 2 }));
    vi.advanceTimersByTime(4_900);
    expect(await of('a', 'm')).toEqual(rates);
    vi.advanceTimersByTime(200);
    expect(await of('a', 'm')).toEqual({ ascii: 0.5, other: 2 });
  });

  it('count as soon as there are any, and are null while the storage is away', async () => {
    const read = vi.fn<Read>(async () => null);
    const of = measuredRates({ read });
    expect(await of('a', 'm')).toBeNull();
    read.mockRejectedValueOnce(new Error('away'));
    expect(await of('a', 'm')).toBeNull();
    read.mockResolvedValue(report(rates));
    expect(await of('a', 'm')).toEqual(rates);
  });

  it('are read once for all who ask at the same time', async () => {
    const read = vi.fn<Read>(async () => null);
    const of = measuredRates({ read });
    expect(await Promise.all([of('a', 'm'), of('a', 'm'), of('b', 'm'), of('a', 'm')])).toEqual([null, null, null, null]);
    expect(read.mock.calls).toEqual([['a', 'm'], ['b', 'm']]);
    read.mockResolvedValue(report(rates));
    expect(await of('a', 'm')).toEqual(rates);
  });
});
