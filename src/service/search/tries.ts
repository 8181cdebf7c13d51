import { draftKey } from '../../core/contrasts/drafts.ts';
import type { Editor } from '../../core/edits/editor.ts';
import type { Call, Draft, Outcome } from '../../core/types.ts';
import { Asker, type AskerInput, type Item } from '../asker.ts';
import type { Samples } from '../drive.ts';
import { joined } from '../joined.ts';
import { cacheKey, type Question } from '../question.ts';
import { type Repeats, sampleCall } from '../repeats.ts';

export interface TriesInput extends AskerInput {
  owner: string;
  editor: Editor;
  question: Question;
  /** Asked of every call too; the outcome then holds both. */
  beside: readonly Question[];
  repeats: Repeats;
  /** Whether sample 0 of the unchanged call is the completion itself. */
  completionAsked: boolean;
}

/** One answer to an edited call. */
export interface Tried {
  draft: Draft;
  sample: number;
  outcome: Outcome;
}

interface Sampled {
  sample: number;
  keys: readonly string[];
}

/**
 * The only way from drafts to outcomes, and the counterpart of Evaluator: render → drop duplicates → cache → ask → store.
 * A job that dies and is retried goes the same way through the cache.
 */
export class Tries {
  readonly #input: TriesInput;
  readonly #asker: Asker;
  readonly #unchanged: string;
  readonly #sampled = new Map<string, readonly Sampled[]>();
  readonly log: Tried[] = [];
  #distinct = 0;

  constructor(input: TriesInput) {
    this.#input = input;
    this.#asker = new Asker(input);
    this.#unchanged = JSON.stringify(input.editor.render([]));
  }

  get counts(): { distinct: number; asked: number; cached: number; failed: number } {
    return { distinct: this.#distinct, ...this.#asker.counts };
  }

  /** The samples of each draft, in its order; null where the budget ended or the job was stopped before it was asked. */
  async ask(drafts: readonly Draft[]): Promise<Samples[]> {
    const fresh = new Map<string, Item & { pass: number }>();
    const added: Draft[] = [];
    for (const draft of drafts) {
      const name = draftKey(draft);
      if (this.#sampled.has(name)) continue;
      added.push(draft);
      const items = this.#itemsOf(this.#input.editor.render(draft));
      this.#sampled.set(name, items.map(({ sample, together }) => ({ sample, keys: together.map(({ key }) => key) })));
      for (const item of items.flatMap(({ together }) => together)) if (!this.#asker.outcome(item.key)) fresh.set(item.key, item);
    }
    // first samples first, should the budget end
    const items = [...fresh.values()].sort((a, b) => a.pass - b.pass);
    this.#distinct += items.length;
    await this.#asker.ask(await this.#asker.recall(items));
    for (const draft of added) {
      for (const { sample, outcome } of this.#outcomes(draft)) if (outcome) this.log.push({ draft, sample, outcome });
    }
    return drafts.map((draft) => this.#outcomes(draft).map(({ outcome }) => outcome));
  }

  /** The first answer to a draft; null where none was generated. */
  answerOf(draft: Draft): string | null {
    const [first] = this.#outcomes(draft);
    return first?.outcome?.kind === 'generated' ? first.outcome.completion.text : null;
  }

  #outcomes(draft: Draft): { sample: number; outcome: Outcome | null }[] {
    const sampled = this.#sampled.get(draftKey(draft)) ?? [];
    return sampled.map(({ sample, keys }) => ({ sample, outcome: joined(keys.map((key) => this.#asker.outcome(key))) }));
  }

  #itemsOf(rendered: Call) {
    const { endpoint, owner, question, beside, repeats, completionAsked } = this.#input;
    const whole = repeats.noisy && JSON.stringify(rendered) === this.#unchanged;
    // the unchanged call is sampled more often than others, and without the sample that became the completion
    const first = whole && completionAsked ? 1 : 0;
    const count = whole ? Math.max(repeats.repeats, repeats.references) : repeats.repeats;
    return Array.from({ length: count }, (_, pass) => {
      const call = sampleCall(rendered, first + pass);
      const text = JSON.stringify(call);
      const together: (Item & { pass: number })[] = [];
      for (const each of [question, ...beside]) {
        const key = cacheKey(owner, endpoint.identity, each, text, first + pass);
        together.push({ key, question: each, together, call, characters: text.length, pass });
      }
      return { sample: first + pass, together };
    });
  }
}
