import type { ExplanationRequest } from '../contract/request.ts';
import type { Price, Usage } from './ports.ts';

type Caps = ExplanationRequest['budget'];

/** Four characters a token: what is assumed of a text until the endpoint has said otherwise. */
export const CHARACTERS_PER_TOKEN = 4;

/** Tokens of an answer before one was counted: rather more than it will be, since a cap hangs on it. */
export function generousTokens(text: string): number {
  return text.length / 3 + 2;
}

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
  #reservedAnswers = 0;
  #answersSeen = 0;
  #answerTokens = 0;

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

  /** Sets what an answer is expected to take, in tokens; 0 until it is told. */
  expectAnswers(tokens: number): void {
    this.#answerTokens = tokens;
  }

  /** Completion tokens to expect of so many evaluations: as stated, or as seen where that is more. */
  #answers(evaluations: number): number {
    const seen = this.#answersSeen > 0 ? this.used.completionTokens / this.#answersSeen : 0;
    return evaluations * Math.max(this.#answerTokens, seen);
  }

  /** Reserves a batch of evaluations of these sizes (characters), or refuses it whole. */
  admit(characters: readonly number[]): boolean {
    const total = characters.reduce((sum, size) => sum + size, 0);
    const expected = this.#tokens(this.#reservedCharacters + total);
    const { calls, prompt_tokens: promptTokens, cost_usd: cost } = this.#caps;
    const answers = this.#answers(this.#reservedAnswers + characters.length);
    const { promptPerMillion, completionPerMillion } = this.#price ?? { promptPerMillion: 0, completionPerMillion: 0 };
    const money = this.used.costUsd + (expected * promptPerMillion + answers * completionPerMillion) / 1e6;
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
    this.#reservedAnswers += characters.length;
    return true;
  }

  /** Frees the reservation of evaluations that ended. */
  settle(characters: number): void {
    this.#reservedCharacters -= characters;
    this.#charactersSeen += characters;
    this.#reservedAnswers -= 1;
    this.#answersSeen += 1;
  }

  /** Takes back evaluations that were admitted and never sent. */
  release(characters: readonly number[]): void {
    this.used.calls -= characters.length;
    this.#reservedAnswers -= characters.length;
    for (const size of characters) this.#reservedCharacters -= size;
  }

  add(usage: Usage): void {
    addUsage(this.used, usage);
  }
}
