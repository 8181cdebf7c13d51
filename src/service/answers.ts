import type { Renderer } from '../core/render.ts';
import type { Call, Completion, Mask } from '../core/types.ts';
import { Asker, type AskerInput, type Item } from './asker.ts';
import { cacheKey } from './question.ts';
import { sampleCall } from './repeats.ts';

/** A call to be answered; `filled` where it may be refused for a text that is empty. */
export interface Wanted {
  call: Call;
  filled?: Call;
}

/** A call under a mask, as it is to be answered. */
export function wantedUnder(renderer: Renderer, mask: Mask, change: (call: Call) => Call): Wanted {
  const call = change(renderer.render(mask));
  return renderer.hasEmptied(mask) ? { call, filled: change(renderer.render(mask, { fillEmpty: true })) } : { call };
}

const REFUSED = /^http (400|422)\b/;

/**
 * New answers to calls, each a sample of its own: where a call comes several times it is asked as often. Cached and within
 * the budget like every evaluation, but no masks' values: nothing is ever fitted to them.
 */
export class Answers {
  readonly #input: AskerInput & { owner: string };
  readonly #asker: Asker;
  readonly #samples = new Map<string, number>();

  constructor(input: AskerInput & { owner: string }) {
    this.#input = input;
    this.#asker = new Asker(input);
  }

  get counts(): { asked: number; cached: number; failed: number } {
    return this.#asker.counts;
  }

  /** The answer to each; null where it failed, or the budget ended or the job was stopped before it was asked. */
  async to(wanted: readonly Wanted[]): Promise<(Completion | null)[]> {
    const items = wanted.map(({ call }) => this.#item(call));
    await this.#asker.ask(await this.#asker.recall(items));
    const again = wanted.flatMap(({ filled }, position) => (filled && this.#isRefused(items[position] as Item) ? [{ position, item: this.#item(filled) }] : []));
    if (again.length > 0) {
      this.#asker.counts.failed -= again.length;
      await this.#asker.ask(await this.#asker.recall(again.map(({ item }) => item)));
      for (const { position, item } of again) items[position] = item;
    }
    return items.map(({ key }) => {
      const outcome = this.#asker.outcome(key);
      return outcome?.kind === 'generated' ? outcome.completion : null;
    });
  }

  #isRefused({ key }: Item): boolean {
    const outcome = this.#asker.outcome(key);
    return outcome?.kind === 'failed' && REFUSED.test(outcome.reason);
  }

  #item(unsampled: Call): Item {
    const { owner, endpoint } = this.#input;
    const base = JSON.stringify(unsampled);
    const sample = this.#samples.get(base) ?? 0;
    this.#samples.set(base, sample + 1);
    const call = sampleCall(unsampled, sample);
    const text = JSON.stringify(call);
    const question = GENERATE;
    const together: Item[] = [];
    const item: Item = { key: cacheKey(owner, endpoint.identity, question, text, sample), question, together, call, characters: text.length };
    together.push(item);
    return item;
  }
}

/** One for all, since what is asked in one way is grouped by it. */
const GENERATE = { kind: 'generate' } as const;
