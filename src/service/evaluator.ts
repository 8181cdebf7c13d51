import type { Role, StoredEvaluation } from '../core/evaluations.ts';
import { full, key as maskKey } from '../core/masks.ts';
import type { Renderer } from '../core/render.ts';
import type { Call, Mask, Outcome } from '../core/types.ts';
import { ProblemError } from '../errors.ts';
import { Asker, type AskerInput, type Item } from './asker.ts';
import type { Samples } from './drive.ts';
import { joined } from './joined.ts';
import { cacheKey, type Question } from './question.ts';
import { type Repeats, sampleCall } from './repeats.ts';

export interface EvaluatorInput extends AskerInput {
  owner: string;
  renderer: Renderer;
  question: Question;
  /** Asked of every mask too; the outcome then holds both. */
  beside: readonly Question[];
  repeats: Repeats;
  /** Whether sample 0 of the unchanged call is the completion itself: then it would agree with itself by construction. */
  completionAsked: boolean;
}

interface Evaluation extends Item {
  mask: Mask;
  /** Of the mask and sample. */
  id: string;
  sample: number;
  /** How many samples of the mask come before it. */
  pass: number;
}

/** How the samples of a call are numbered. */
interface Numbers {
  first: number;
  count: number;
}

/** An endpoint that takes no empty content answers so, and never with a retryable status. */
const REFUSED = /^http (400|422)\b/;

/**
 * The only way from masks to outcomes: render → drop duplicates → cache → ask → store. Every outcome is in the cache
 * before the round ends, so a job that dies and is retried asks nothing twice. Each sample of a mask is an evaluation of
 * its own; the samples of the unchanged call that noise is measured by go out with the first round.
 */
export class Evaluator {
  readonly #input: EvaluatorInput;
  readonly #asker: Asker;
  /** Mask and sample → cache keys, one per question: two masks can render the same call. */
  readonly #rendered = new Map<string, readonly string[]>();
  readonly #numbers = new Map<string, Numbers>();
  #renderer: Renderer;
  #log: StoredEvaluation[] = [];
  readonly #logged = new Map<string, StoredEvaluation>();
  #whole: { mask: Mask; text: string };
  #distinctCount = 0;

  constructor(input: EvaluatorInput) {
    this.#input = input;
    this.#asker = new Asker(input);
    this.#renderer = input.renderer;
    const mask = full(input.renderer.n);
    this.#whole = { mask, text: JSON.stringify(input.renderer.render(mask)) };
  }

  get counts(): { distinct: number; asked: number; cached: number; failed: number } {
    return { distinct: this.#distinctCount, ...this.#asker.counts };
  }

  /** Of the call as it is cut now. */
  get renderer(): Renderer {
    return this.#renderer;
  }

  /** Every evaluated mask with its outcomes, in the order of first asking. */
  get log(): readonly StoredEvaluation[] {
    return this.#log;
  }

  /**
   * Goes on with the same call cut finer: what is known stays so, as masks of the new cut.
   * @param carry turns masks of the cut before into masks of the new one that render the same call
   */
  turnTo(renderer: Renderer, carry: (mask: Mask) => Mask): void {
    this.#renderer = renderer;
    this.#whole = { ...this.#whole, mask: full(renderer.n) };
    const [rendered, numbers] = [new Map(this.#rendered), new Map(this.#numbers)];
    for (const known of [this.#rendered, this.#numbers, this.#logged]) known.clear();
    this.#log = this.#log.map((evaluation) => {
      const [before, mask] = [maskKey(evaluation.mask), carry(evaluation.mask)];
      const [name, entry] = [maskKey(mask), { ...evaluation, mask }];
      this.#numbers.set(name, numbers.get(before) as Numbers);
      this.#rendered.set(`${name} ${evaluation.sample}`, rendered.get(`${before} ${evaluation.sample}`) as readonly string[]);
      this.#logged.set(`${name} ${evaluation.sample}`, entry);
      return entry;
    });
  }

  /** The samples of each mask, in its order; null where the budget ended or the job was stopped before it was asked. */
  async evaluate(masks: readonly Mask[], role: Role): Promise<Samples[]> {
    const alongside = this.#input.repeats.references > 0 && this.#log.length === 0 ? [this.#whole.mask] : [];
    const items = this.#distinct([...alongside, ...masks]);
    const missing = await this.#asker.recall(items);
    await this.#asker.ask(missing);
    await this.#refill(missing);
    this.#distinctCount += items.length;
    for (const mask of alongside) this.#samples(mask, 'reference');
    return masks.map((mask) => this.#samples(mask, role));
  }

  /**
   * How the unchanged call came out, and how it comes out when it is asked once more; null where it was not asked before,
   * or there is no room for it. What it came to is kept like a further sample of it, so nobody asks a third time.
   */
  async again(): Promise<readonly [Outcome, Outcome] | null> {
    const { owner, endpoint, question, cache, budget, signal } = this.#input;
    const { mask, text } = this.#whole;
    const [first, key] = [0, 1].map((sample) => cacheKey(owner, endpoint.identity, question, text, sample)) as [string, string];
    const before = this.#asker.outcome(first) ?? (await cache.get([first]))[0];
    if (!before || before.kind === 'failed' || signal.aborted) return null;
    const item = { key, question, together: [] as Item[], call: this.#renderer.render(mask), characters: text.length };
    item.together.push(item);
    const missing = await this.#asker.recall([item]);
    if (missing.length > 0 && !budget.fits([item.characters])) return null;
    try {
      await this.#asker.ask(missing);
    } catch (error) {
      // everything that was asked for is there by now
      if (error instanceof ProblemError) return null;
      throw error;
    }
    this.#distinctCount += 1;
    const after = this.#asker.outcome(key);
    return after && after.kind !== 'failed' ? [before, after] : null;
  }

  /** What is known of a mask's samples, remembered as asked for in this role. */
  #samples(mask: Mask, role: Role): Samples {
    return this.#idsOf(mask).map(({ id, sample }) => {
      const outcome: Outcome | null = joined((this.#rendered.get(id) ?? []).map((key) => this.#asker.outcome(key)));
      const known = this.#logged.get(id);
      if (known?.role === 'reference') known.role = role;
      if (outcome && !known) {
        const entry = { mask, role, sample, outcome };
        this.#logged.set(id, entry);
        this.#log.push(entry);
      }
      return outcome;
    });
  }

  #idsOf(mask: Mask): { id: string; sample: number; pass: number }[] {
    const name = maskKey(mask);
    const { first, count } = this.#numbers.get(name) ?? { first: 0, count: 1 };
    return Array.from({ length: count }, (_, pass) => ({ id: `${name} ${first + pass}`, sample: first + pass, pass }));
  }

  /** The unchanged call is sampled more often than others, and without the sample that became the completion. */
  #numbersOf(text: string): Numbers {
    const { repeats, references, noisy } = this.#input.repeats;
    if (!noisy || text !== this.#whole.text) return { first: 0, count: repeats };
    return { first: this.#input.completionAsked ? 1 : 0, count: Math.max(repeats, references) };
  }

  /** Items not seen before in this job, one per rendered call, sample and question: first samples first, should the budget end. */
  #distinct(masks: readonly Mask[]): Evaluation[] {
    const fresh = new Map<string, Evaluation>();
    for (const mask of masks) {
      const name = maskKey(mask);
      if (this.#numbers.has(name)) continue;
      const call = this.#renderer.render(mask);
      this.#numbers.set(name, this.#numbersOf(JSON.stringify(call)));
      for (const at of this.#idsOf(mask)) {
        const items = this.#items(mask, call, at);
        this.#rendered.set(at.id, items.map((item) => item.key));
        for (const item of items) if (!this.#asker.outcome(item.key) && !fresh.has(item.key)) fresh.set(item.key, item);
      }
    }
    return [...fresh.values()].sort((a, b) => a.pass - b.pass);
  }

  #items(mask: Mask, rendered: Call, { id, sample, pass }: Pick<Evaluation, 'id' | 'sample' | 'pass'>): Evaluation[] {
    const { endpoint, owner, question, beside } = this.#input;
    const call = sampleCall(rendered, sample);
    const text = JSON.stringify(call);
    const together: Evaluation[] = [];
    for (const each of [question, ...beside]) {
      const key = cacheKey(owner, endpoint.identity, each, text, sample);
      together.push({ key, question: each, together, call, characters: text.length, mask, id, sample, pass });
    }
    return together;
  }

  /** Asks once more, with the perturber's empty form, what was refused because a message had lost all its text. */
  async #refill(items: readonly Evaluation[]): Promise<void> {
    const renderer = this.#renderer;
    const again = new Map<string, Evaluation>();
    for (const { mask, id, sample, pass, together } of items) {
      const outcomes = together.map(({ key }) => this.#asker.outcome(key));
      const refused = outcomes.some((outcome) => outcome?.kind === 'failed' && REFUSED.test(outcome.reason));
      if (!refused || !this.#rendered.get(id)?.includes(together[0]?.key ?? '') || !renderer.hasEmptied(mask)) continue;
      const filled = this.#items(mask, renderer.render(mask, { fillEmpty: true }), { id, sample, pass });
      const keys = filled.map((item) => item.key);
      for (const [other, known] of this.#rendered) if (known[0] === together[0]?.key) this.#rendered.set(other, keys);
      this.#asker.counts.failed -= outcomes.filter((outcome) => outcome?.kind === 'failed').length;
      for (const item of filled) if (!this.#asker.outcome(item.key)) again.set(item.key, item);
    }
    if (again.size > 0) await this.#asker.ask(await this.#asker.recall([...again.values()]));
  }
}
