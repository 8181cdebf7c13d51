import type { ExplanationRequest } from '../contract/request.ts';
import type { Price, Usage } from './ports.ts';

type Caps = ExplanationRequest['budget'];

/** Four characters a token: what is assumed of a text until the endpoint has said otherwise. */
export const CHARACTERS_PER_TOKEN = 4;

/** What evaluations use, added up. */
export function noUsage(): Usage {
  return { calls: 0, httpRequests: 0, promptTokens: 0, cachedTokens: 0, completionTokens: 0, costUsd: 0 };
}

function addUsage(sum: Usage, more: Usage): void {
  for (const key of Object.keys(sum) as (keyof Usage)[]) sum[key] += more[key];
}

/**
 * Caps in calls, prompt tokens, money and seconds. What is in flight is reserved by its expected size, so a cap is
 * passed by no more than the error of that guess; the guess follows what the endpoint reports.
 */
export class Budget {
  readonly used: Usage = noUsage();
  /** Set once something was refused. */
  spent = false;
  readonly #caps: Caps;
  readonly #price: Price | null;
  readonly #deadline: number;
  readonly #now: () => number;
  #reservedCharacters = 0;
  #charactersSeen = 0;

  constructor(caps: Caps, price: Price | null, now: () => number = Date.now) {
    this.#caps = caps;
    this.#price = price;
    this.#now = now;
    this.#deadline = caps.seconds === null ? Infinity : now() + caps.seconds * 1000;
  }

  /** Prompt tokens to expect of so many characters. */
  #tokens(characters: number): number {
    const rate = this.#charactersSeen > 0 && this.used.promptTokens > 0 ? this.used.promptTokens / this.#charactersSeen : 1 / CHARACTERS_PER_TOKEN;
    return characters * rate;
  }

  /** Reserves a batch of evaluations of these sizes (characters), or refuses it whole. */
  admit(characters: readonly number[]): boolean {
    const total = characters.reduce((sum, size) => sum + size, 0);
    const expected = this.#tokens(this.#reservedCharacters + total);
    const { calls, prompt_tokens: promptTokens, cost_usd: cost } = this.#caps;
    const price = this.#price?.promptPerMillion ?? 0;
    const money = this.used.costUsd + (expected * price) / 1e6;
    const over =
      (calls !== null && this.used.calls + characters.length > calls) ||
      (promptTokens !== null && this.used.promptTokens + expected > promptTokens) ||
      (cost !== null && money > cost) ||
      this.#now() >= this.#deadline;
    if (over) {
      this.spent = true;
      return false;
    }
    this.used.calls += characters.length;
    this.#reservedCharacters += total;
    return true;
  }

  /** Frees the reservation of evaluations that ended. */
  settle(characters: number): void {
    this.#reservedCharacters -= characters;
    this.#charactersSeen += characters;
  }

  add(usage: Usage): void {
    addUsage(this.used, usage);
  }
}
