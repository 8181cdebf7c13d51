import { tokenRatesOf } from '../contract/probes.ts';
import type { Probes } from './shared-ports.ts';
import type { TokenRates } from './token-rates.ts';

/** A tokenizer seldom changes; reading and checking its finding for each estimate would cost more than the plan. */
const REMEMBERED_MS = 5_000;
/** Callers may name any model. */
const MOST_REMEMBERED = 1_000;

/**
 * What probes found of the tokenizers of endpoints, at most five seconds old. That nothing was found yet is not remembered,
 * so that the first finding counts at once.
 * @returns of an endpoint and model: null where the server shows none, nobody has asked it, or the storage is away
 */
export function measuredRates(probes: Pick<Probes, 'read'>): (endpoint: string, model: string) => Promise<TokenRates | null> {
  const remembered = new Map<string, { until: number; rates: TokenRates | null }>();
  /** Who asks while the same is being read waits for that. */
  const reading = new Map<string, Promise<TokenRates | null>>();
  const read = async (name: string, endpoint: string, model: string): Promise<TokenRates | null> => {
    const report = await probes.read(endpoint, model).catch(() => null);
    if (report === null) return null;
    const rates = tokenRatesOf(report);
    if (remembered.size >= MOST_REMEMBERED) remembered.clear();
    remembered.set(name, { until: performance.now() + REMEMBERED_MS, rates });
    return rates;
  };
  return (endpoint, model) => {
    const name = JSON.stringify([endpoint, model]);
    const known = remembered.get(name);
    if (known && performance.now() < known.until) return Promise.resolve(known.rates);
    const under = reading.get(name) ?? read(name, endpoint, model).finally(() => reading.delete(name));
    reading.set(name, under);
    return under;
  };
}
