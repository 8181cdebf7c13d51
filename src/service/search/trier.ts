import { draftKey, fewestFirst } from '../../core/contrasts/drafts.ts';
import type { Draft, Trial, Trials, Values, Wish } from '../../core/types.ts';
import type { Samples } from '../drive.ts';
import type { Filler } from './filler.ts';
import type { Tries } from './tries.ts';

export interface TrierInput {
  filler: Filler;
  tries: Tries;
  /** Values of drafts' samples, [draft][target]. */
  score: (samples: readonly Samples[]) => Promise<Values>;
  /** How far a value is from that of the unchanged call. */
  moved: (whole: number, value: number) => number;
  /** Index of the target whose value counts. */
  target: number;
  /** Calls that may be tried, the unchanged one included. */
  most: number;
  /** Whether nothing more can be asked: the job was stopped, or its budget is spent. */
  ended: () => boolean;
}

/** From wishes to trials: fill → drop what is known → ask within the evaluations that are left → score. */
export class Trier {
  readonly #input: TrierInput;
  readonly #known = new Map<string, Trial | null>();
  #used = 0;
  /** Value of the unchanged call. */
  whole = Number.NaN;

  constructor(input: TrierInput) {
    this.#input = input;
  }

  /** Calls tried, the unchanged one included. */
  get used(): number {
    return this.#used;
  }

  left(): number {
    return this.#input.ended() ? 0 : Math.max(0, this.#input.most - this.#used);
  }

  /** Tries the unchanged call, by whose value all others are measured. */
  async begin(): Promise<void> {
    if (this.left() === 0) return;
    const [trial] = await this.#try([[]]);
    this.whole = trial ?? Number.NaN;
    this.#known.set(draftKey([]), { draft: [], score: 0 });
  }

  async answer(wishes: readonly Wish[]): Promise<Trials> {
    // nobody is asked for words that could then not be tried
    const asked = this.#input.filler.asking ? wishes.slice(0, this.left()) : wishes;
    const drafts = await this.#input.filler.fill(asked);
    const fresh = new Map<string, Draft>();
    for (const draft of drafts) {
      if (draft === null || fresh.size >= this.left()) continue;
      const key = draftKey(draft);
      if (!this.#known.has(key)) fresh.set(key, draft);
    }
    const list = [...fresh.values()];
    const values = await this.#try(list);
    list.forEach((draft, position) => {
      const value = values[position] ?? null;
      this.#known.set(draftKey(draft), value === null ? null : { draft, score: this.#input.moved(this.whole, value) });
    });
    return wishes.map((_, position) => {
      const draft = drafts[position] ?? null;
      return draft === null ? null : (this.#known.get(draftKey(draft)) ?? null);
    });
  }

  /** The highest score that was seen, with the fewest edits; null where nothing was tried. */
  best(): Trial | null {
    const trials = [...this.#known.values()].filter((trial) => trial !== null && trial.draft.length > 0 && !Number.isNaN(trial.score)) as Trial[];
    const most = trials.reduce((highest, { score }) => Math.max(highest, score), -Infinity);
    return fewestFirst(trials.filter(({ score }) => score === most))[0] ?? null;
  }

  /** The value of each draft; null where it was not asked. */
  async #try(drafts: readonly Draft[]): Promise<(number | null)[]> {
    if (drafts.length === 0) return [];
    this.#used += drafts.length;
    const samples = await this.#input.tries.ask(drafts);
    const values = await this.#input.score(samples);
    return samples.map((each, position) => (each.every((outcome) => outcome === null) ? null : (values[position]?.[this.#input.target] ?? Number.NaN)));
  }
}
