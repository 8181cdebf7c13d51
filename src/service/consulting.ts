import { scorerById } from '../core/scorers/index.ts';
import type { Consultation, Feed, Need, Scorer } from '../core/types.ts';
import type { Choice } from '../contract/parts.ts';
import { faultAt } from '../errors.ts';
import { chosen, type OwnScorers } from './auto.ts';
import type { Consulted, EndpointInfo } from './ports.ts';

type Kind = Consultation['kind'];

/** Who is asked for each kind, and the field of the endpoint's configuration that says so. */
const ASKED: Readonly<Record<Kind, { from: (info: EndpointInfo) => Consulted | null; field: string }>> = {
  similarity: { from: (info) => info.embedding, field: 'embedding_model' },
  entailment: { from: (info) => info.nli, field: 'nli, and no judge' },
  contradiction: { from: (info) => info.contradiction, field: 'judge, and no nli with a contradiction_label' },
  grade: { from: (info) => info.judge, field: 'judge' },
  preference: { from: (info) => info.judge, field: 'judge' },
  refusal: { from: (info) => info.judge, field: 'judge' },
};

const KINDS = Object.keys(ASKED) as Kind[];

export function consultedFor(kind: Kind, info: EndpointInfo): Consulted | null {
  return ASKED[kind].from(info);
}

/** Whatever can be fed on an endpoint that gives outcomes of these kinds. */
export function feedsOf(needs: readonly Need[], info: EndpointInfo): ReadonlySet<Feed> {
  return new Set<Feed>([...needs, ...KINDS.filter((kind) => consultedFor(kind, info) !== null)]);
}

/** Refuses a scorer that consults somebody who is not configured. @throws ProblemError scorer_unavailable */
export function refuseUnfed({ id, consults }: Scorer, options: unknown, info: EndpointInfo): void {
  const missing = consults?.kinds(options).find((kind) => consultedFor(kind, info) === null);
  if (missing) throw faultAt('scorer_unavailable', '/scorer', `${id} asks somebody, and the endpoint ${info.name} has no ${ASKED[missing].field} configured`);
}

/** Calls that consultations add to a job: some for every evaluation, some once. */
export interface Extra {
  each: number;
  once: number;
  /** null = nobody is consulted. */
  kind: Kind | null;
}

export const NOBODY: Extra = { each: 0, once: 0, kind: null };

/** @param targets how many there are, or specs where the completion is not known yet */
export function extraOf({ consults }: Scorer, options: unknown, targets: number): Extra {
  if (!consults) return NOBODY;
  return { each: consults.each(options) * targets, once: consults.once * targets, kind: consults.kinds(options)[0] ?? null };
}

/**
 * What `auto` comes to where answers are compared, when that consults somebody; null when it does not.
 * @param auto  with the options that all scorers share
 * @param apart whether answers are to be told apart
 */
export function consultingChoice(info: EndpointInfo, auto: Choice, own: OwnScorers, apart: boolean): Choice | null {
  const choice = chosen(auto, own, feedsOf(['text'], info), null, apart);
  const consulted = scorerById(choice.id).consults?.kinds(choice.options) ?? [];
  return consulted.length > 0 ? { id: choice.id, options: { ...choice.options, ...auto.options } } : null;
}
