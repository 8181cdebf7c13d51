import type { Role, StoredEvaluation } from '../core/evaluations.ts';
import { key as maskKey } from '../core/masks.ts';
import type { Call, Mask, Outcome } from '../core/types.ts';
import type { Renderer } from '../core/render.ts';
import type { Budget } from './budget.ts';
import { joined } from './joined.ts';
import type { AskOptions, Endpoint, OutcomeCache } from './ports.ts';
import { cacheKey, type Question } from './question.ts';

export interface EvaluatorInput {
  owner: string;
  endpoint: Endpoint;
  cache: OutcomeCache;
  budget: Budget;
  renderer: Renderer;
  question: Question;
  /** Asked of every mask too; the outcome then holds both. */
  beside: readonly Question[];
  /** Stops asking; what has been evaluated stays. */
  signal: AbortSignal;
  onProgress: (done: number) => void;
  /** Cache keys that this job used, so that erasing the job erases them. */
  onUsed: (keys: readonly string[]) => void;
}

/** One question about one rendered call. */
interface Item {
  key: string;
  question: Question;
  /** What is asked of the same call, this item included: it is of use only together. */
  together: readonly Item[];
  call: Call;
  characters: number;
  mask: Mask;
}

/** What the questions of a round have in common. */
interface Round {
  admit: (part: readonly Item[]) => boolean;
  /** Outcomes on their way to the cache. */
  writes: Promise<void>[];
  signal: AbortSignal;
}

/** An endpoint that takes no empty content answers so, and never with a retryable status. */
const REFUSED = /^http (400|422)\b/;

/**
 * The only way from masks to outcomes: render → drop duplicates → cache → ask → store. Every outcome is in the cache
 * before the round ends, so a job that dies and is retried asks nothing twice.
 */
export class Evaluator {
  readonly #input: EvaluatorInput;
  /** mask key → cache keys, one per question: two masks can render the same call. */
  readonly #rendered = new Map<string, readonly string[]>();
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
      const outcome = joined((this.#rendered.get(id) ?? []).map((key) => this.#outcomes.get(key)));
      if (outcome && !this.#logged.has(id)) {
        this.#logged.add(id);
        this.#log.push({ mask, role, outcome });
      }
      return outcome;
    });
  }

  /** Items not seen before in this job, one per rendered call and question. */
  #distinct(masks: readonly Mask[]): Item[] {
    const fresh = new Map<string, Item>();
    for (const mask of masks) {
      const id = maskKey(mask);
      if (this.#rendered.has(id)) continue;
      const items = this.#items(mask, false);
      this.#rendered.set(id, items.map((item) => item.key));
      for (const item of items) if (!this.#outcomes.has(item.key) && !fresh.has(item.key)) fresh.set(item.key, item);
    }
    return [...fresh.values()];
  }

  #items(mask: Mask, fillEmpty: boolean): Item[] {
    const { renderer, endpoint, owner, question, beside } = this.#input;
    const call = renderer.render(mask, { fillEmpty });
    const text = JSON.stringify(call);
    const together: Item[] = [];
    for (const each of [question, ...beside]) {
      const key = cacheKey(owner, endpoint.identity, each, text);
      together.push({ key, question: each, together, call, characters: text.length, mask });
    }
    return together;
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
    const { signal, onUsed } = this.#input;
    if (items.length === 0 || signal.aborted) return;
    const writes: Promise<void>[] = [];
    const admission = this.#admission(items);
    const stop = new AbortController();
    const ask = async (question: Question, part: readonly Item[]): Promise<void> => {
      try {
        await this.#askOne(question, part, { admit: admission.admit, writes, signal: AbortSignal.any([signal, stop.signal]) });
      } catch (error) {
        stop.abort(error);
      }
    };
    try {
      await Promise.all([...Map.groupBy(items, (item) => item.question)].map(([question, part]) => ask(question, part)));
      if (stop.signal.aborted && !signal.aborted) throw stop.signal.reason;
    } finally {
      admission.close();
      await Promise.all(writes);
      onUsed(items.filter((item) => this.#outcomes.has(item.key)).map((item) => item.key));
    }
  }

  /** What is asked of one call is admitted as one: half of it would be spent for nothing. */
  #admission(items: readonly Item[]) {
    const { budget, signal } = this.#input;
    const open = new Map(items.map((item) => [item.key, item]));
    const reserved = new Map<string, Item>();
    return {
      admit: (part: readonly Item[]): boolean => {
        if (signal.aborted) return false;
        const wanted = part.flatMap((item) => item.together.map(({ key }) => key));
        const fresh = [...new Set(wanted)].map((key) => open.get(key)).filter((item) => item !== undefined);
        if (fresh.length > 0 && !budget.admit(fresh.map((item) => item.characters))) return false;
        for (const item of fresh) {
          open.delete(item.key);
          reserved.set(item.key, item);
        }
        for (const item of part) reserved.delete(item.key);
        return true;
      },
      /** Gives back what was admitted for items that were never sent. */
      close: (): void => {
        const unsent = [...reserved.values()].filter(({ key }) => !this.#outcomes.has(key));
        budget.release(unsent.map((item) => item.characters));
      },
    };
  }

  async #askOne(question: Question, items: readonly Item[], { admit, writes, signal }: Round): Promise<void> {
    const { endpoint, cache, budget } = this.#input;
    const options: AskOptions = {
      signal,
      admit: (positions) => admit(positions.map((position) => items[position]).filter((item) => item !== undefined)),
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
    if (question.kind === 'weigh') await endpoint.weigh(calls, question.completion, question.grid, options);
    else await endpoint[question.kind](calls, options);
  }

  /** Asks once more, with the perturber's empty form, what was refused because a message had lost all its text. */
  async #refill(items: readonly Item[]): Promise<void> {
    const again = new Map<string, Item>();
    for (const { mask, together } of items) {
      const id = maskKey(mask);
      const outcomes = together.map(({ key }) => this.#outcomes.get(key));
      const refused = outcomes.some((outcome) => outcome?.kind === 'failed' && REFUSED.test(outcome.reason));
      if (!refused || !this.#rendered.get(id)?.includes(together[0]?.key ?? '') || !this.#input.renderer.hasEmptied(mask)) continue;
      const filled = this.#items(mask, true);
      const keys = filled.map((item) => item.key);
      for (const [other, known] of this.#rendered) if (known[0] === together[0]?.key) this.#rendered.set(other, keys);
      this.counts.failed -= outcomes.filter((outcome) => outcome?.kind === 'failed').length;
      for (const item of filled) if (!this.#outcomes.has(item.key)) again.set(item.key, item);
    }
    if (again.size > 0) await this.#ask(await this.#fromCache([...again.values()]));
  }

  #report(): void {
    this.#input.onProgress(this.counts.asked + this.counts.cached);
  }
}
