/** What is left of an owner's share after something was taken from it. */
export interface Rate {
  allowed: boolean;
  remaining: number;
  /** Seconds until the share is whole again. */
  resetSeconds: number;
}

/** What is counted, per owner and minute. */
export type RatePolicy = 'requests' | 'explanations';

/** Seconds in which a quota may be used up. */
export const RATE_WINDOW_SECONDS = 60;

/** Counts of what owners do, shared by all processes. */
export interface Rates {
  /**
   * Takes `cost` from what the owner may use; nothing where that is not there.
   * @returns null while the store is away: then nothing is counted
   */
  take(owner: string, policy: RatePolicy, quota: number, cost: number): Promise<Rate | null>;
}
