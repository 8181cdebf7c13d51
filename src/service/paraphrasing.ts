import type { HighlightSpec } from '../core/highlight/spec.ts';
import { isParaphrase, paraphrase } from '../core/highlight/paraphrase.ts';
import { createEditor } from '../core/edits/editor.ts';
import { type Group, groupsOf } from '../core/edits/groups.ts';
import type { Call, Unit } from '../core/types.ts';
import { ProblemError } from '../errors.ts';
import { generousTokens } from './budget.ts';
import type { Plan } from './plan.ts';
import { Proposer, type ProposerInput, type Request } from './search/proposer.ts';

/** Calls with units in other words. */
export interface Paraphrased {
  /** The call with all of them paraphrased, as the answer number `sample` is to be asked for; null where none is. */
  call: (sample: number) => Call | null;
  /** By index of a unit: what stands in its place, in turn. A unit that nobody paraphrased is not among them. */
  texts: ReadonlyMap<number, readonly string[]>;
  /** Why some are not, in plain words. */
  notes: string[];
}

export type ParaphrasingInput = Omit<ProposerInput, 'asks' | 'model' | 'proposalTokens'>;

type Found = readonly (readonly string[])[];

/** Requests for the groups of each text, a few at a time, and the groups that each asks about. */
function requestsFor(call: Call, groups: readonly Group[], together: number): (Request & { groups: readonly number[] })[] {
  const editor = createEditor(call, groups);
  const places = Map.groupBy(groups.keys(), (index) => (groups[index] as Group).at);
  return [...places].flatMap(([at, all]) =>
    Array.from({ length: Math.ceil(all.length / together) }, (_, part) => {
      const own = all.slice(part * together, (part + 1) * together);
      const { text, spans } = editor.textWith([], at, own);
      const accept = (blank: number, words: string): boolean => isParaphrase((groups[own[blank] ?? -1] as Group).text, words);
      return { blanks: { text, spans, variant: 0 }, accept, groups: own };
    }),
  );
}

/** Why nothing came, in words that stand after a colon. */
function whyNot(proposer: Proposer, fault: string | null): string {
  const why = [...(fault === null ? [] : [fault]), ...proposer.reasons.keys(), ...(proposer.stopped ? ['the budget had no call left for it, or the job was stopped'] : [])];
  return why.length > 0 ? why.join('; ') : 'there are no words in it that can be edited';
}

/** What nobody says in other words, and why. */
function notesOf(count: number, missing: number, why: string): string[] {
  if (missing === 0) return [];
  const units = count === 1 ? 'The highlighted unit' : missing === count ? `None of the ${count} highlighted units` : `${missing} of the ${count} highlighted units`;
  const could = count === 1 ? 'could not be paraphrased' : missing === count ? 'could be paraphrased' : `could not be paraphrased and stood as ${missing === 1 ? 'it was' : 'they were'}`;
  return [`${units} ${could}: ${why}.`];
}

/**
 * Has units said in other words: all of a text together, asked once for each distinct text, from the cache where it is
 * there. Never ends the job: whoever proposes nothing is a note.
 */
export async function paraphrased({ call, paraphraser }: Plan, { paraphrase: options }: HighlightSpec, units: readonly Unit[], input: ParaphrasingInput): Promise<Paraphrased | null> {
  const asks = options && paraphrase.asks?.(options);
  if (!options || !asks || !paraphraser || units.length === 0) return null;
  const inOrder = units.toSorted((a, b) => a.index - b.index);
  const groups = groupsOf(call, inOrder, 1, paraphrase, options);
  const requests = requestsFor(call, groups, asks.together);
  const proposalTokens = Math.max(0, ...groups.map(({ text }) => generousTokens(text)));
  const proposer = new Proposer({ ...input, asks, model: paraphraser.model, proposalTokens });
  let fault: string | null = null;
  const replies = await proposer.ask(requests).catch((error: unknown): (Found | null)[] => {
    if (!(error instanceof ProblemError)) throw error;
    fault = error.message;
    return [];
  });
  const proposals = new Map<number, readonly string[]>();
  requests.forEach(({ groups: own }, position) => own.forEach((group, blank) => proposals.set(group, replies[position]?.[blank] ?? [])));
  const editor = createEditor(call, groups);
  const wordsFor = (group: number, sample: number): string | null => {
    const list = proposals.get(group) ?? [];
    return list[sample % Math.max(1, list.length)] ?? null;
  };
  const texts = new Map<number, string[]>();
  for (const unit of inOrder) {
    const own = [...groups.keys()].filter((group) => (groups[group] as Group).unit === unit.index);
    const variants = Math.max(0, ...own.map((group) => proposals.get(group)?.length ?? 0));
    // a unit that reaches over content parts is said part by part
    if (own.length === 0 || own.some((group) => wordsFor(group, 0) === null)) continue;
    texts.set(unit.index, Array.from({ length: variants }, (_, variant) => own.map((group) => wordsFor(group, variant) ?? '').join(' ')));
  }
  const whole = groups.flatMap(({ unit }, group) => (texts.has(unit) ? [group] : []));
  return {
    call: (sample) => (whole.length === 0 ? null : editor.render(whole.map((group) => ({ group, to: wordsFor(group, sample) ?? '' })))),
    texts,
    notes: notesOf(units.length, units.length - texts.size, whyNot(proposer, fault)),
  };
}
