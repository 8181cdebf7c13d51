import type { ExplanationRequest } from '../contract/request.ts';
import { ProblemError } from '../errors.ts';
import { Lane } from './lane.ts';
import type { Price, Usage } from './ports.ts';

/** The longest delay that timers take. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

type Caps = ExplanationRequest['budget'];

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
 * passed by no more than the error of that guess; the guess is the dearest that the endpoint has reported.
 */
export class Budget {
  readonly used: Usage = noUsage();
  /** Set once something was refused. */
  spent = false;
  readonly #caps: Caps;
  readonly #deadline: number;
  readonly #overdue = new AbortController();
  readonly #now: () => number;
  readonly #evaluations: Lane;
  readonly #lanes: Lane[];
  /** Calls that each evaluation brings after it: consultations about its answer. */
  #following = 0;
  /** Of those, how many the evaluations so far may still bring. */
  #promised = 0;

  constructor(caps: Caps, price: Price | null, now: () => number = Date.now) {
    this.#caps = caps;
    this.#now = now;
    this.#evaluations = new Lane(price);
    this.#lanes = [this.#evaluations];
    this.#deadline = caps.seconds === null ? Infinity : now() + caps.seconds * 1000;
    if (caps.seconds === null) return;
    const end = (): void => {
      this.spent = true;
      this.#overdue.abort(new ProblemError('budget_exhausted', 'the seconds of the budget were over before there was anything to fit'));
    };
    setTimeout(end, Math.min(LONGEST_TIMER_MS, caps.seconds * 1000)).unref();
  }

  /** A lane for what is asked of somebody else; everything stays under the same caps. */
  lane(price: Price | null, answerTokens: number): Lane {
    const lane = new Lane(price, answerTokens);
    this.#lanes.push(lane);
    return lane;
  }

  /** Whether anybody who is asked has a price. */
  get priced(): boolean {
    return this.#lanes.some((lane) => lane.price !== null);
  }

  /** Sets what an answer is expected to take, in tokens; 0 until it is told. */
  expectAnswers(tokens: number): void {
    this.#evaluations.answerTokens = tokens;
  }

  /** Keeps calls free for each evaluation, and some at once, so that none is paid for which can then not be scored. */
  expectFollowing(each: number, once: number): void {
    this.#following = each;
    this.#promised = once;
  }

  /** Frees the calls that the evaluations so far might have brought and did not. */
  freePromised(): void {
    this.#promised = 0;
  }

  /** Reserves a batch of evaluations of these sizes (characters), or of questions in another lane, or refuses it whole. */
  admit(characters: readonly number[], lane = this.#evaluations): boolean {
    if (!this.fits(characters, lane)) {
      this.spent = true;
      return false;
    }
    const total = characters.reduce((sum, size) => sum + size, 0);
    this.used.calls += characters.length;
    this.#promised += this.#after(characters.length, lane);
    lane.reserve(characters.length, total);
    return true;
  }

  #after(count: number, lane: Lane): number {
    return lane === this.#evaluations ? this.#following * count : -Math.min(this.#promised, count);
  }

  /** Whether they would be admitted; asking spends nothing. */
  fits(characters: readonly number[], lane = this.#evaluations): boolean {
    const total = characters.reduce((sum, size) => sum + size, 0);
    const others = this.#lanes.filter((each) => each !== lane).map((each) => each.expected(0, 0));
    const expected = [lane.expected(characters.length, total), ...others];
    const sum = (pick: 'promptTokens' | 'costUsd') => this.used[pick] + expected.reduce((all, each) => all + each[pick], 0);
    const { calls, prompt_tokens: promptTokens, cost_usd: cost } = this.#caps;
    const after = this.#after(characters.length, lane);
    const over =
      (calls !== null && this.used.calls + this.#promised + after + characters.length > calls) ||
      (promptTokens !== null && sum('promptTokens') > promptTokens) ||
      (cost !== null && sum('costUsd') > cost) ||
      this.#now() >= this.#deadline;
    return !over;
  }

  /** Frees the reservation of one evaluation or question that ended. */
  settle(characters: number, lane = this.#evaluations): void {
    lane.settle(characters);
  }

  /** Takes back evaluations that were admitted and never sent. */
  release(characters: readonly number[]): void {
    this.used.calls -= characters.length;
    for (const size of characters) this.#evaluations.release(size);
  }

  /** @param sizes characters of what was asked, as they were admitted */
  add(usage: Usage, sizes: readonly number[] = [], lane = this.#evaluations): void {
    lane.add(usage, sizes);
    addUsage(this.used, usage);
  }

  /** Whether a cap hangs on what evaluations take, and none was seen yet: many at once would be admitted by a guess. */
  get blind(): boolean {
    return (this.#caps.prompt_tokens !== null || this.#caps.cost_usd !== null) && !this.#evaluations.gauged;
  }

  /** Aborted when the seconds are over: what is under way then is not waited for. */
  get overdue(): AbortSignal {
    return this.#overdue.signal;
  }
}
