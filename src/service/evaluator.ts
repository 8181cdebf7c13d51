import type { Role, StoredEvaluation } from '../core/evaluations.ts';
import { key as maskKey } from '../core/masks.ts';
import type { Call, Mask, Outcome } from '../core/types.ts';
import type { Renderer } from '../core/render.ts';
import type { Budget } from './budget.ts';
import type { AskOptions, Endpoint, OutcomeCache } from './ports.ts';
import { cacheKey, type Question } from './question.ts';

export interface EvaluatorInput {
  owner: string;
  endpoint: Endpoint;
  cache: OutcomeCache;
  budget: Budget;
  renderer: Renderer;
  question: Question;
  /** Stops asking; what has been evaluated stays. */
  signal: AbortSignal;
  onProgress: (done: number) => void;
  /** Cache keys that this job used, so that erasing the job erases them. */
  onUsed: (keys: readonly string[]) => void;
}

interface Item {
  key: string;
  call: Call;
  characters: number;
  mask: Mask;
}

/** An endpoint that takes no empty content answers so, and never with a retryable status. */
const REFUSED = /^http (400|422)\b/;

/**
 * The only way from masks to outcomes: render → drop duplicates → cache → ask → store. Every outcome is in the cache
 * before the round ends, so a job that dies and is retried asks nothing twice.
 */
export class Evaluator {
  readonly #input: EvaluatorInput;
  /** mask key → cache key: two masks can render the same call. */
  readonly #rendered = new Map<string, string>();
  readonly #outcomes = new Map<string, Outcome>();
  readonly #log: StoredEvaluation[] = [];
  readonly #logged = new Set<string>();
  readonly counts = { distinct: 0, asked: 0, cached: 0, failed: 0 };

  constructor(input: EvaluatorInput) {
    this.#input = input;
  }

  /** Every evaluated mask with its outcome, in the order of first asking. */
  get log(): readonly StoredEvaluation[] {
    return this.#log;
  }

  /** Outcomes in the order of the masks; null where the budget ended or the job was stopped before it was asked. */
  async evaluate(masks: readonly Mask[], role: Role): Promise<(Outcome | null)[]> {
    const items = this.#distinct(masks);
    const missing = await this.#fromCache(items);
    await this.#ask(missing);
    await this.#refill(missing);
    this.counts.distinct += items.length;
    return masks.map((mask) => {
      const id = maskKey(mask);
      const outcome = this.#outcomes.get(this.#rendered.get(id) ?? '') ?? null;
      if (outcome && !this.#logged.has(id)) {
        this.#logged.add(id);
        this.#log.push({ mask, role, outcome });
      }
      return outcome;
    });
  }

  /** Items not seen before in this job, one per rendered call. */
  #distinct(masks: readonly Mask[]): Item[] {
    const fresh = new Map<string, Item>();
    for (const mask of masks) {
      const id = maskKey(mask);
      if (this.#rendered.has(id)) continue;
      const item = this.#item(mask, false);
      this.#rendered.set(id, item.key);
      if (!this.#outcomes.has(item.key) && !fresh.has(item.key)) fresh.set(item.key, item);
    }
    return [...fresh.values()];
  }

  #item(mask: Mask, fillEmpty: boolean): Item {
    const { renderer, endpoint, owner, question } = this.#input;
    const call = renderer.render(mask, { fillEmpty });
    const text = JSON.stringify(call);
    return { key: cacheKey(owner, endpoint.identity, question, text), call, characters: text.length, mask };
  }

  async #fromCache(items: readonly Item[]): Promise<Item[]> {
    if (items.length === 0) return [];
    const known = await this.#input.cache.get(items.map((item) => item.key));
    const missing: Item[] = [];
    items.forEach((item, position) => {
      const outcome = known[position];
      if (outcome) {
        this.#outcomes.set(item.key, outcome);
        this.counts.cached += 1;
      } else missing.push(item);
    });
    // hits too: an attempt that died may have written them and told nobody
    this.#input.onUsed(items.filter((item) => this.#outcomes.has(item.key)).map((item) => item.key));
    this.#report();
    return missing;
  }

  async #ask(items: readonly Item[]): Promise<void> {
    const { endpoint, question, cache, budget, signal, onUsed } = this.#input;
    if (items.length === 0 || signal.aborted) return;
    const writes: Promise<void>[] = [];
    const options: AskOptions = {
      signal,
      admit: (positions) => !signal.aborted && budget.admit(positions.map((position) => items[position]?.characters ?? 0)),
      onOutcome: (position, outcome) => {
        const item = items[position];
        if (!item) return;
        this.#outcomes.set(item.key, outcome);
        this.counts.asked += 1;
        budget.settle(item.characters);
        if (outcome.kind === 'failed') this.counts.failed += 1;
        else writes.push(cache.set(item.key, outcome));
        this.#report();
      },
      onUsage: (usage) => budget.add(usage),
    };
    const calls = items.map((item) => item.call);
    try {
      if (question.kind === 'weigh') await endpoint.weigh(calls, question.completion, question.grid, options);
      else await endpoint.generate(calls, options);
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      await Promise.all(writes);
      onUsed(items.filter((item) => this.#outcomes.has(item.key)).map((item) => item.key));
    }
  }

  /** Asks once more, with the perturber's empty form, what was refused because a message had lost all its text. */
  async #refill(items: readonly Item[]): Promise<void> {
    const again: Item[] = [];
    for (const item of items) {
      const outcome = this.#outcomes.get(item.key);
      if (outcome?.kind !== 'failed' || !REFUSED.test(outcome.reason) || !this.#input.renderer.hasEmptied(item.mask)) continue;
      const filled = this.#item(item.mask, true);
      for (const [id, key] of this.#rendered) if (key === item.key) this.#rendered.set(id, filled.key);
      this.counts.failed -= 1;
      again.push(filled);
    }
    if (again.length > 0) await this.#ask(await this.#fromCache(again));
  }

  #report(): void {
    this.#input.onProgress(this.counts.asked + this.counts.cached);
  }
}
