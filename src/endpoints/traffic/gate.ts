import type { Admission, Allowance, SharedLimits } from '../../service/shared-ports.ts';
import type { Clock } from './clock.ts';

/** How long to go by what this process knows alone, once the store did not answer. */
const ALONE_MS = 1_000;
/** Workers that wait for the same moment come at it in an order of chance. */
const SPREAD_MS = 20;

/** What the gate says: an admission, `null` where this process goes by itself, or until when (ms) nothing passes. */
export type Answer = { passed: Admission | null } | { until: number; paused: boolean };

/** The limits that all workers keep together, in front of one endpoint. */
export class SharedGate {
  readonly #limits: SharedLimits;
  readonly #name: string;
  readonly #allowance: Allowance;
  readonly #clock: Clock;
  #aloneUntil = 0;

  constructor(limits: SharedLimits, name: string, allowance: Allowance, clock: Clock) {
    this.#limits = limits;
    this.#name = name;
    this.#allowance = allowance;
    this.#clock = clock;
  }

  /** Never throws. */
  async ask(tokens: number): Promise<Answer> {
    if (this.#clock.now() < this.#aloneUntil) return { passed: null };
    try {
      const answer = await this.#limits.admit(this.#name, this.#allowance, tokens);
      if (!('waitMs' in answer)) return { passed: answer };
      const spread = answer.paused ? 0 : this.#clock.random() * SPREAD_MS;
      return { until: this.#clock.now() + answer.waitMs + spread, paused: answer.paused };
    } catch {
      this.#aloneUntil = this.#clock.now() + ALONE_MS;
      return { passed: null };
    }
  }

  /** Tells all others of a pause. Where that fails they find out as this process did. */
  pause(milliseconds: number): void {
    this.#limits.pause(this.#name, milliseconds).catch(() => undefined);
  }
}
