import { draftKey, withEdit } from '../../core/contrasts/drafts.ts';
import type { Group } from '../../core/edits/groups.ts';
import { repeats, stemmerFor } from '../../core/edits/stems.ts';
import { below, type Rng } from '../../core/rng.ts';
import type { Draft, Infilling, Wish } from '../../core/types.ts';
import { ProblemError } from '../../errors.ts';
import { Proposer, type ProposerInput, type Request } from './proposer.ts';
import type { Seeking } from './seeking.ts';

export interface FillerInput extends Omit<ProposerInput, 'asks' | 'model'> {
  seeking: Seeking;
  /** Chooses among proposals. */
  rng: Rng;
}

/** A wish that needs words, and which of the proposals it takes; null: any. */
interface Need {
  base: Draft;
  group: number;
  proposal: number | null;
}

/** From wishes to drafts: the words that the infiller has for a group of a draft, asked for together where somebody must be asked. */
export class Filler {
  readonly #seeking: Seeking;
  readonly #rng: Rng;
  readonly #asks: Infilling | null;
  readonly #proposer: Proposer | null;
  /** By group alone where nobody is asked, else by draft, group and variant. */
  readonly #known = new Map<string, readonly string[]>();

  constructor({ seeking, rng, ...rest }: FillerInput) {
    this.#seeking = seeking;
    this.#rng = rng;
    this.#asks = seeking.infiller.asks?.(seeking.infillerOptions) ?? null;
    this.#proposer = this.#asks && seeking.asked ? new Proposer({ ...rest, asks: this.#asks, model: seeking.asked.model }) : null;
  }

  /** Whether asking for words costs calls. */
  get asking(): boolean {
    return this.#proposer !== null;
  }

  /** Why requests for words failed, with their counts. */
  get reasons(): ReadonlyMap<string, number> {
    return this.#proposer?.reasons ?? new Map();
  }

  /** One per wish; null where there are no words. @throws ProblemError infiller_unusable, endpoint_* */
  async fill(wishes: readonly Wish[]): Promise<(Draft | null)[]> {
    const needs = wishes.map(({ base, group, proposal }): Need | null => (group === null ? null : { base, group, proposal: this.#variant(proposal) }));
    await this.#learn(needs.filter((need) => need !== null));
    return wishes.map(({ base }, position) => {
      const need = needs[position];
      if (!need) return base;
      const to = this.#chosen(need);
      return to === null ? null : withEdit(base, { group: need.group, to });
    });
  }

  /** Fillings that are requests of their own are numbered before they are asked for. */
  #variant(proposal: number | undefined): number | null {
    if (proposal !== undefined) return proposal;
    return this.#asks?.kind === 'middle' && this.#asks.proposals > 1 ? below(this.#asks.proposals, this.#rng) : null;
  }

  #chosen(need: Need): string | null {
    const found = this.#proposalsFor(need);
    if (found.length === 0) return null;
    if (this.#asks?.kind === 'middle') return found[0] ?? null;
    if (need.proposal !== null) return found[need.proposal] ?? null;
    return found[found.length > 1 ? below(found.length, this.#rng) : 0] ?? null;
  }

  #keyOf({ base, group, proposal }: Need): string {
    if (!this.#proposer) return String(group);
    return `${draftKey(base)} ${group} ${this.#asks?.kind === 'middle' ? (proposal ?? 0) : ''}`;
  }

  #proposalsFor(need: Need): readonly string[] {
    const key = this.#keyOf(need);
    const known = this.#known.get(key);
    if (known || this.#proposer) return known ?? [];
    const { groups, infiller, infillerOptions } = this.#seeking;
    const own = infiller.proposals?.((groups[need.group] as Group).text, infillerOptions) ?? [];
    this.#known.set(key, own);
    return own;
  }

  async #learn(needs: readonly Need[]): Promise<void> {
    if (!this.#proposer || !this.#asks) return;
    const { groups, editor } = this.#seeking;
    const missing = new Map(needs.map((need) => [this.#keyOf(need), need] as const).filter(([key]) => !this.#known.has(key)));
    // one text, one question: of each draft the groups of a text together
    const places = Map.groupBy(missing.values(), ({ base, group, proposal }) => `${draftKey(base)} ${(groups[group] as Group).at} ${this.#asks?.kind === 'middle' ? proposal : ''}`);
    const requests: (Request & { needs: readonly Need[] })[] = [];
    for (const together of places.values()) {
      const inOrder = together.toSorted((a, b) => a.group - b.group);
      for (let from = 0; from < inOrder.length; from += this.#asks.together) {
        const own = inOrder.slice(from, from + this.#asks.together);
        const { base, group, proposal } = own[0] as Need;
        const { text, spans } = editor.textWith(base, (groups[group] as Group).at, own.map((need) => need.group));
        const stem = stemmerFor(text);
        const accept = (blank: number, words: string): boolean => {
          const span = spans[blank];
          return span !== undefined && !repeats(text.slice(span.start, span.end), words, stem);
        };
        requests.push({ blanks: { text, spans, variant: proposal ?? 0 }, accept, needs: own });
      }
    }
    const found = await this.#proposer.ask(requests);
    found.forEach((proposals, position) => {
      requests[position]?.needs.forEach((need, blank) => this.#known.set(this.#keyOf(need), proposals?.[blank] ?? []));
    });
    const usable = [...this.#known.values()].some((each) => each.length > 0);
    if (requests.length === 0 || usable || this.#proposer.stopped) return;
    const why = [...this.reasons.keys()].join('; ') || 'every proposal repeats the words that it was to replace';
    throw new ProblemError('infiller_unusable', `${this.#seeking.infiller.id} proposed nothing that could be used: ${why}`);
  }
}
