import type { Estimate } from '../contract/resource.ts';
import { stageShare } from '../core/levels/sizes.ts';
import { empty, full } from '../core/masks.ts';
import { createRng } from '../core/rng.ts';
import { significant } from '../core/rounding.ts';
import { scorerById } from '../core/scorers/index.ts';
import type { Mask } from '../core/types.ts';
import { checkMasksLike } from './checkplan.ts';
import { consultedFor } from './consulting.ts';
import { longestOther } from './auto.ts';
import { highlightCalls } from './highlightplan.ts';
import type { AnyPlan, Plan, SearchPlan } from './plan.ts';
import { waysOf } from './repeats.ts';
import type { AskedInfill } from './search/asked.ts';
import { ASSUMED_RATES, callTokens, tokensOf, type TokenRates } from './token-rates.ts';

/** Share of the perturbable units present in these masks. */
function presenceIn(masks: readonly Mask[], n: number): number {
  if (masks.length === 0) return 1;
  let present = 0;
  for (const mask of masks) for (const bit of mask) present += bit;
  return present / (masks.length * n);
}

/** Of the last methods: many jobs ask the same of as many units, and their masks cost more than all else here. */
const known = new Map<string, number>();
const MOST_KNOWN = 1_000;
const LONGEST_NAME = 500;

/** The same for the method's first masks; values of zero stand for the model. */
function presence(plan: AnyPlan): number {
  if (plan.seeking) return 1;
  const name = plan.ladder ? '' : JSON.stringify([plan.method.id, plan.methodOptions, plan.renderer.n, plan.methodCalls, plan.request.seed]);
  const before = known.get(name);
  if (before !== undefined) return before;
  const share = firstPresence(plan);
  if (known.size >= MOST_KNOWN) known.clear();
  if (name !== '' && name.length <= LONGEST_NAME) known.set(name, share);
  return share;
}

function firstPresence(plan: Plan): number {
  const game = { n: plan.renderer.n, columns: 1, weights: Float64Array.of(1), rng: createRng(plan.request.seed, 'method') };
  const calls = plan.ladder ? stageShare(plan.method, plan.ladder.sizes, 0, game.n, plan.methodCalls) : plan.methodCalls;
  const first = plan.method.run(game, plan.methodOptions, Math.max(1, calls)).next();
  return presenceIn(first.done ? [] : first.value.masks, game.n);
}

/**
 * What a plan would cost before a token is spent. Nothing is asked for it: tokens are told by what the probe measured of the
 * server's tokenizer, else by a stated approximation.
 * @param secondsPerCall seen on this endpoint before, null when there is no experience
 * @param measured what was seen of the server's tokenizer, null when it shows none
 */
export function estimateOf(plan: AnyPlan, secondsPerCall: number | null, measured: TokenRates | null = null): Estimate {
  const rates = measured ?? ASSUMED_RATES;
  const n = plan.renderer.n;
  const whole = callTokens(plan.renderer.render(full(n)), rates);
  const bare = callTokens(plan.renderer.render(empty(n)), rates);
  const per = (share: number) => bare + share * (whole - bare);
  const reference = plan.completion ? 0 : 1;
  const answer = plan.completion ? tokensOf(plan.completion.text, rates) : answerTokens(plan);
  const { weighings, repeats, references } = plan;
  const masks = plan.methodCalls + plan.heldOutCalls + plan.checkCalls;
  const { id, options } = plan.request.scorer;
  const scorer = id === 'auto' ? null : scorerById(id);
  const ways = waysOf(id, plan.seeking !== null);
  // weighing sends the answer along, comparing has it written again; where it is not known which, both are counted
  const foils = (scorer?.foils?.(options) ?? []).reduce((sum, foil) => sum + tokensOf(foil, rates), 0);
  const other = longestOther(plan.request.scorer, plan.ownScorers);
  const sent = ways.has('likelihood') ? (other === null ? answer : tokensOf(other, rates)) + foils : 0;
  const { answers } = highlightCalls(plan.asked, plan);
  const checks = presenceIn(checkMasksLike(plan.request, plan.units, plan.renderer.perturbable), n);
  const read = plan.methodCalls * per(presence(plan)) + plan.heldOutCalls * per(0.5) + plan.checkCalls * per(checks);
  const prompt = Math.ceil((reference + references + answers) * per(1) + weighings * repeats * read + repeats * masks * sent);
  const evaluations = weighings * (references + repeats * masks);
  const completion = Math.ceil((reference + answers) * answer + evaluations * (ways.has('text') ? Math.max(1, answer) : 1));
  const said = consultations(plan, answer);
  const words = plan.seeking ? infills(plan, whole) : paraphrases(plan, whole, whole - bare);
  // one more than planned, for an endpoint that must weigh the call once to cut its completion into tokens
  const calls = Math.min(Math.max(plan.calls, plan.compared?.calls ?? 0) + 1, plan.request.budget.calls ?? Infinity);
  const { price } = plan.endpoint;
  const money = price ? (prompt * price.promptPerMillion + completion * price.completionPerMillion) / 1e6 : null;
  return rounded({
    calls,
    prompt_tokens: prompt + said.promptTokens + words.promptTokens,
    completion_tokens: completion + said.completionTokens + words.completionTokens,
    cost_usd: dollars([money, said.costUsd, words.costUsd]),
    seconds: secondsPerCall === null ? null : secondsPerCall * calls,
    units: plan.mostUnits,
    basis: measured ? 'tokenizer' : 'characters',
  });
}

/** An estimate that shows no more digits than a guess has: a millionth of the cost, a thousandth of the time. */
export function rounded(estimate: Estimate): Estimate {
  return { ...estimate, cost_usd: significant(estimate.cost_usd, 6), seconds: significant(estimate.seconds, 3) };
}

interface Costs {
  promptTokens: number;
  completionTokens: number;
  costUsd: number | null;
}

/** The sum of what has a price; null where nothing has. */
function dollars(parts: readonly (number | null)[]): number | null {
  const priced = parts.filter((part) => part !== null);
  return priced.length === 0 ? null : priced.reduce((sum, part) => sum + part, 0);
}

const FREE: Costs = { promptTokens: 0, completionTokens: 0, costUsd: null };

/** What asking for words would take at most: a request for every call that is tried, each with a whole text. @param whole tokens of it */
function infills({ seeking, infillCalls }: SearchPlan, whole: number): Costs {
  const asks = seeking.infiller.asks?.(seeking.infillerOptions);
  if (!asks || !seeking.asked) return FREE;
  const promptTokens = Math.ceil(infillCalls * (whole + INSTRUCTIONS));
  const completionTokens = infillCalls * asks.proposals * PROPOSAL;
  return costs(promptTokens, completionTokens, seeking.asked);
}

/** What paraphrases would take at most, each reply asked for twice. @param perturbable tokens of all that may be highlighted */
function paraphrases(plan: AnyPlan, whole: number, perturbable: number): Costs {
  const { asked, paraphraser } = plan;
  const calls = highlightCalls(asked, plan).paraphrases;
  const { paraphrase, alpha } = asked.highlight ?? {};
  if (!paraphraser || !paraphrase || alpha === undefined || calls === 0) return FREE;
  // what is highlighted is sent in its text and apart
  const promptTokens = Math.ceil(calls * (whole + perturbable + INSTRUCTIONS));
  return costs(promptTokens, Math.ceil(2 * paraphrase.proposals * Math.max(alpha * perturbable, PROPOSAL)), paraphraser);
}

function costs(promptTokens: number, completionTokens: number, { endpoint: { price } }: AskedInfill): Costs {
  return { promptTokens, completionTokens, costUsd: price && (promptTokens * price.promptPerMillion + completionTokens * price.completionPerMillion) / 1e6 };
}

/** Tokens of some words that are proposed. */
const PROPOSAL = 8;
/** Tokens of a judge's instructions and of its verdict; of a classifier, which has neither, they are too many. */
const INSTRUCTIONS = 220;
const VERDICT = 12;

/** What consulting would take at most: every answer a new one, each of them asked about apart. */
function consultations(plan: AnyPlan, answer: number): Costs {
  const { extra, repeats, references, methodCalls, heldOutCalls, checkCalls, endpoint } = plan.compared ?? plan;
  const scoring = extra.once + extra.each * (references + repeats * (methodCalls + heldOutCalls + checkCalls));
  const { verdicts } = highlightCalls(plan.asked, plan);
  const sum = { promptTokens: 0, completionTokens: 0, costUsd: null as number | null };
  for (const { kind, calls } of [...(extra.kind ? [{ kind: extra.kind, calls: scoring }] : []), { kind: 'refusal' as const, calls: verdicts }]) {
    const consulted = consultedFor(kind, endpoint);
    if (!consulted || calls === 0) continue;
    const judged = kind !== 'similarity';
    const promptTokens = Math.ceil(calls * (judged ? 2 * answer + INSTRUCTIONS : answer));
    const completionTokens = judged ? calls * VERDICT : 0;
    const { price } = consulted;
    sum.promptTokens += promptTokens;
    sum.completionTokens += completionTokens;
    if (price) sum.costUsd = (sum.costUsd ?? 0) + (promptTokens * price.promptPerMillion + completionTokens * price.completionPerMillion) / 1e6;
  }
  return sum;
}

/** Tokens assumed of an answer that was not seen, where the call sets no lower limit. */
const ANSWER_TOKENS = 64;

function answerTokens(plan: AnyPlan): number {
  const asked = plan.call['max_completion_tokens'] ?? plan.call['max_tokens'] ?? plan.call['max_output_tokens'];
  return typeof asked === 'number' && asked > 0 ? Math.min(asked, ANSWER_TOKENS) : ANSWER_TOKENS;
}
