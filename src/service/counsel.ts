import type { Advice, Consultation } from '../core/types.ts';
import { cosine } from '../core/vectors.ts';
import type { Budget } from './budget.ts';
import type { Flights } from './flights.ts';
import type { Lane } from './lane.ts';
import type { AskOptions, Consultant, Inquiry, OutcomeCache, Said } from './ports.ts';
import { adviceKey, inquiryKey } from './question.ts';

export interface CounselInput {
  owner: string;
  consultant: Consultant;
  cache: OutcomeCache;
  budget: Budget;
  /** What other jobs ask just now. */
  flights: Flights;
  /** Stops asking; what was said stays. */
  signal: AbortSignal;
  /** Cache keys that this job used, so that erasing the job erases them. */
  onUsed: (keys: readonly string[]) => void;
  /** After every answer, with how many there are. */
  onProgress: (done: number) => void;
}

interface Item {
  key: string;
  inquiry: Inquiry;
  characters: number;
  lane: Lane;
  /** Requests that the budget holds a place for. */
  admitted: number;
}

/** What must be known for a consultation: two embeddings, or what is asked as it is. */
function inquiriesOf(consultation: Consultation): readonly Inquiry[] {
  if (consultation.kind !== 'similarity') return [consultation];
  return [consultation.first, consultation.second].map((text) => ({ kind: 'embedding', text }));
}

/**
 * The only way from consultations to numbers, and the evaluator's counterpart: drop what is known → cache → ask within
 * the budget → store. Everything said is in the cache before a round ends.
 */
export class Counsel {
  readonly #input: CounselInput;
  readonly #said = new Map<string, number>();
  readonly #numbers = new Map<string, Float64Array>();
  readonly #lanes = new Map<Inquiry['kind'], Lane>();
  readonly #reasons = new Map<string, number>();
  /** Of consultations. `failed` have no number, whatever the reason. */
  readonly counts = { wanted: 0, failed: 0 };

  constructor(input: CounselInput) {
    this.#input = input;
  }

  /** What was said so far. */
  readonly advice: Advice = (consultation) => this.#said.get(adviceKey(consultation)) ?? Number.NaN;

  /** By adviceKey; NaN where there is no answer. */
  get said(): ReadonlyMap<string, number> {
    return this.#said;
  }

  /** Why inquiries failed, with their counts, the commonest first. */
  get reasons(): readonly (readonly [string, number])[] {
    return [...this.#reasons].toSorted((a, b) => b[1] - a[1]);
  }

  /** Asks whatever of these is not known yet, together. @throws ProblemError when somebody cannot be asked at all */
  async prepare(consultations: readonly Consultation[]): Promise<void> {
    const fresh = new Map<string, Consultation>();
    for (const consultation of consultations) {
      const key = adviceKey(consultation);
      if (!this.#said.has(key)) fresh.set(key, consultation);
    }
    await this.#learn([...fresh.values()].flatMap(inquiriesOf));
    for (const [key, consultation] of fresh) {
      const number = this.#conclude(consultation);
      this.#said.set(key, number);
      this.counts.wanted += 1;
      if (Number.isNaN(number)) this.counts.failed += 1;
    }
  }

  #conclude(consultation: Consultation): number {
    const [first, second] = inquiriesOf(consultation).map((inquiry) => this.#numbers.get(this.#key(inquiry)));
    if (consultation.kind !== 'similarity') return first?.[0] ?? Number.NaN;
    if (!first || !second) return Number.NaN;
    if (first.length !== second.length) this.#fail(`embeddings of ${first.length} and of ${second.length} dimensions`);
    return cosine(first, second);
  }

  #key(inquiry: Inquiry): string {
    return inquiryKey(this.#input.owner, this.#input.consultant.identity(inquiry.kind), inquiry);
  }

  #lane(kind: Inquiry['kind'], answerTokens: number): Lane {
    const known = this.#lanes.get(kind) ?? this.#input.budget.lane(this.#input.consultant.price(kind), answerTokens);
    this.#lanes.set(kind, known);
    return known;
  }

  #fail(reason: string): void {
    this.#reasons.set(reason, (this.#reasons.get(reason) ?? 0) + 1);
  }

  async #learn(inquiries: readonly Inquiry[]): Promise<void> {
    const { consultant, flights, signal } = this.#input;
    const wanted = new Map(inquiries.map((inquiry) => [this.#key(inquiry), inquiry]));
    const unknown = [...wanted.keys()].filter((key) => !this.#numbers.has(key));
    if (unknown.length === 0) return;
    const items = (await this.#recall(unknown)).map((key): Item => {
      const inquiry = wanted.get(key) as Inquiry;
      const { characters, answerTokens } = consultant.size(inquiry);
      return { key, inquiry, characters, lane: this.#lane(inquiry.kind, answerTokens), admitted: 0 };
    });
    const byKey = new Map(items.map((item) => [item.key, item]));
    const ask = async (keys: readonly string[]) => this.#ask((await this.#recall(keys)).flatMap((key) => byKey.get(key) ?? []));
    await flights.share([...byKey.keys()], signal, ask, (keys) => this.#recall(keys));
  }

  /** Takes what the cache knows; gives the keys that it does not. */
  async #recall(keys: readonly string[]): Promise<string[]> {
    if (keys.length === 0) return [];
    const known = await this.#input.cache.get(keys);
    keys.forEach((key, position) => {
      const outcome = known[position];
      if (outcome?.kind === 'weighed') this.#numbers.set(key, outcome.logprobs);
    });
    // hits too: an attempt that died may have written them and told nobody
    this.#input.onUsed(keys.filter((key) => this.#numbers.has(key)));
    return keys.filter((key) => !this.#numbers.has(key));
  }

  async #ask(items: readonly Item[]): Promise<void> {
    const { consultant, cache, budget, signal, onUsed } = this.#input;
    const first = items[0];
    if (!first || signal.aborted) return;
    onUsed(items.map((item) => item.key));
    const writes: Promise<void>[] = [];
    const options: AskOptions<Said> = {
      signal,
      admit: (positions) => {
        const asked = positions.map((position) => items[position]).filter((item) => item !== undefined);
        const lane = asked[0]?.lane ?? first.lane;
        if (signal.aborted || !budget.admit(asked.map((item) => item.characters), lane)) return false;
        for (const item of asked) item.admitted += 1;
        return true;
      },
      onOutcome: (position, outcome) => {
        const item = items[position];
        if (!item) return;
        for (; item.admitted > 0; item.admitted -= 1) budget.settle(item.characters, item.lane);
        if (outcome.kind === 'failed') return this.#fail(outcome.reason);
        this.#numbers.set(item.key, outcome.numbers);
        this.#input.onProgress(this.#numbers.size);
        // the cache keeps numbers; whose they are is in the key
        writes.push(cache.set(item.key, { kind: 'weighed', logprobs: outcome.numbers }));
      },
      onUsage: (usage, positions) => budget.add(usage, positions.map((position) => items[position]?.characters ?? 0), items[positions[0] ?? 0]?.lane),
    };
    try {
      await consultant.ask(items.map((item) => item.inquiry), options);
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      await Promise.all(writes);
      onUsed(items.filter((item) => this.#numbers.has(item.key)).map((item) => item.key));
    }
  }
}
