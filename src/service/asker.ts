import type { Call, Outcome } from '../core/types.ts';
import type { Budget } from './budget.ts';
import type { Flights } from './flights.ts';
import type { Evaluated } from './meter.ts';
import type { AskOptions, Endpoint, OutcomeCache } from './ports.ts';
import type { Question } from './question.ts';

export interface AskerInput {
  endpoint: Endpoint;
  cache: OutcomeCache;
  budget: Budget;
  /** What other jobs ask just now. */
  flights: Flights;
  /** Stops asking; what has been evaluated stays. */
  signal: AbortSignal;
  /** After every outcome, with how many there are. */
  onProgress: (done: number) => void;
  /** Cache keys that this job used, so that erasing the job erases them. */
  onUsed: (keys: readonly string[]) => void;
  /** What became of evaluations, as it happens. */
  onEvaluated?: ((what: Evaluated, count: number) => void) | undefined;
}

/** One question about one rendered call. */
export interface Item {
  key: string;
  question: Question;
  /** All that is asked of this call, this one included: admitted as one. */
  together: readonly Item[];
  call: Call;
  characters: number;
}

/** What the questions of a round have in common. */
interface Round {
  admit: (part: readonly Item[]) => boolean;
  /** Outcomes on their way to the cache. */
  writes: Promise<void>[];
  signal: AbortSignal;
}

/** From items to outcomes: cache → ask within the budget → store. Every outcome is in the cache before a round ends. */
export class Asker {
  readonly #input: AskerInput;
  readonly #outcomes = new Map<string, Outcome>();
  readonly counts = { asked: 0, cached: 0, failed: 0 };

  constructor(input: AskerInput) {
    this.#input = input;
  }

  /** By the item's key; undefined where the budget ended or the job was stopped before it was asked. */
  outcome(key: string): Outcome | undefined {
    return this.#outcomes.get(key);
  }

  /** Takes what the cache knows; gives the items that it does not. */
  async recall<T extends Item>(items: readonly T[]): Promise<T[]> {
    if (items.length === 0) return [];
    const known = await this.#input.cache.get(items.map((item) => item.key));
    const missing: T[] = [];
    const before = this.counts.cached;
    items.forEach((item, position) => {
      const outcome = known[position];
      if (outcome) {
        this.#outcomes.set(item.key, outcome);
        this.counts.cached += 1;
      } else missing.push(item);
    });
    this.#input.onEvaluated?.('cached', this.counts.cached - before);
    // hits too: an attempt that died may have written them and told nobody
    this.#used(items);
    this.#report();
    return missing;
  }

  /**
   * Asks what nobody else is asking, and takes what others ask from the cache once it is there.
   * @throws ProblemError when nothing can be asked at all
   */
  async ask(items: readonly Item[]): Promise<void> {
    const { flights, signal } = this.#input;
    const byKey = new Map(items.map((item) => [item.key, item]));
    const recall = (keys: readonly string[]) => this.recall(keys.flatMap((key) => byKey.get(key) ?? []));
    const ask = async (keys: readonly string[]) => this.#askOwn(await recall(keys));
    await flights.share([...byKey.keys()], signal, ask, async (keys) => (await recall(keys)).map((item) => item.key));
  }

  /** Where a cap hangs on what one takes, the first goes alone. */
  async #askOwn(items: readonly Item[]): Promise<void> {
    const first = this.#input.budget.blind ? new Set(items[0]?.together) : new Set<Item>();
    await this.#askTogether(items.filter((item) => first.has(item)));
    await this.#askTogether(items.filter((item) => !first.has(item)));
  }

  async #askTogether(items: readonly Item[]): Promise<void> {
    const { signal } = this.#input;
    if (items.length === 0 || signal.aborted) return;
    const writes: Promise<void>[] = [];
    // before anything can be written, so that a worker that dies in between leaves nothing that erasing would not find
    this.#input.onUsed(items.map((item) => item.key));
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
      this.#used(items);
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
        this.#input.onEvaluated?.('asked', 1);
        budget.settle(item.characters);
        if (outcome.kind === 'failed') {
          this.counts.failed += 1;
          this.#input.onEvaluated?.('failed', 1);
        } else writes.push(cache.set(item.key, outcome));
        this.#report();
      },
      onUsage: (usage, positions) => budget.add(usage, positions.map((position) => items[position]?.characters ?? 0)),
    };
    const calls = items.map((item) => item.call);
    if (question.kind === 'weigh') await endpoint.weigh(calls, question.completion, question.grid, options, question.rung);
    else await endpoint[question.kind](calls, options);
  }

  #used(items: readonly Item[]): void {
    this.#input.onUsed(items.filter((item) => this.#outcomes.has(item.key)).map((item) => item.key));
  }

  #report(): void {
    this.#input.onProgress(this.counts.asked + this.counts.cached);
  }
}
