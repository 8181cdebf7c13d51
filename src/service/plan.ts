import type { Choice } from '../contract/parts.ts';
import { type Asked, askedOf } from '../contract/asked.ts';
import { type ExplanationRequest, filledRequest, type FilledRequest } from '../contract/request.ts';
import { apart } from '../contract/levels.ts';
import { completionFrom } from '../core/completions.ts';
import { methodById } from '../core/methods/index.ts';
import { searchApart } from '../contract/searching.ts';
import { scorerById } from '../core/scorers/index.ts';
import { searchById } from '../core/searches/index.ts';
import { resolveTargets } from '../core/targets.ts';
import type { Call, Completion, Method, Need, Search } from '../core/types.ts';
import { faultAt, ProblemError } from '../errors.ts';
import { type OwnScorers, ownScorersOf } from './auto.ts';
import { checkCallsOf, refuseUncheckable } from './checkplan.ts';
import { consultingChoice, type Extra, extraOf, NOBODY, refuseUnfed } from './consulting.ts';
import { highlightCalls, paraphraserOf, refuseHighlight, sumOf } from './highlightplan.ts';
import { cutCall, type Cutting } from './ladder.ts';
import { needOf } from './need.ts';
import type { EndpointDirectory, EndpointInfo } from './ports.ts';
import { ONCE, type Repeats, repeatsOf, waysOf } from './repeats.ts';
import type { AskedInfill } from './search/asked.ts';
import { type Seeking, searchNeed, seekingFor } from './search/seeking.ts';
import { type Share, share } from './share.ts';

export interface Limits {
  maxUnits: number;
  maxCalls: number;
}

/** What a job will do, worked out before a token is spent. Pure: the same request gives the same plan. */
export type AnyPlan = Plan | SearchPlan;

/** Of a job that makes attributions. */
export interface Plan extends Planned {
  method: Method;
  seeking: null;
}

/** Of a job that searches edits. */
export interface SearchPlan extends Planned {
  method: Search;
  seeking: Seeking;
}

/** What the plans of all jobs have. */
interface Planned extends Share, Cutting {
  /** The request with every default filled in, as stored and shown. */
  request: FilledRequest;
  endpoint: EndpointInfo;
  model: string;
  call: Call;
  /** What the request's method asks for. */
  asked: Asked;
  /** What `auto` may come to, where the method has scorers of its own. */
  ownScorers: OwnScorers;
  method: Approach;
  /** The method's own, without those that the service carries out. */
  methodOptions: unknown;
  /** Perturbable units at most. */
  mostUnits: number;
  /** null: the service asks for it. */
  completion: Completion | null;
  /** Evaluations of one mask: one, and one more for each foil. */
  weighings: number;
  /** What the scorer consults about; for `auto` nothing yet. */
  extra: Extra;
  /** What holds instead where `auto` comes down to weighing the completion or what answers begin with (`settledPlan`). */
  weighing: Share;
  /** For `auto`: the plan if it comes to compare answers by consulting somebody, null where it would not. */
  compared: AnyPlan | null;
  /** Whoever paraphrases what is highlighted; null: nobody. */
  paraphraser: AskedInfill | null;
  /** Calls that ask for words, at most. */
  infillCalls: number;
}

function endpointFor(request: ExplanationRequest, directory: EndpointDirectory): EndpointInfo {
  if (typeof request.endpoint === 'object') {
    if (!directory.callers) throw faultAt('endpoint_forbidden', '/endpoint', 'callers cannot bring endpoints of their own here');
    return directory.callers.describe(request.endpoint);
  }
  const name = request.endpoint ?? directory.defaultName;
  const found = directory.list().find((endpoint) => endpoint.name === name);
  if (!found) throw faultAt('unknown_endpoint', '/endpoint', `no endpoint is named ${JSON.stringify(name)}; GET /v1/endpoints lists those there are`);
  return found;
}

function modelFor(request: ExplanationRequest, endpoint: EndpointInfo): string {
  const model = request.call.model ?? endpoint.models[0];
  if (model === undefined) throw faultAt('unknown_model', '/call/model', `the endpoint ${endpoint.name} has no default model, so the call must name one`);
  if (endpoint.models.length > 0 && !endpoint.models.includes(model)) {
    throw faultAt('unknown_model', '/call/model', `the endpoint ${endpoint.name} offers ${endpoint.models.join(', ')}`);
  }
  return model;
}

/** What a method is by its name, whether it makes attributions or searches edits. */
type Approach = Pick<Method, 'id' | 'transform'> | Search;

/** @throws ProblemError validation_failed */
export function methodFor(id: string): Method {
  const method = methodById(id);
  if (!method) throw faultAt('validation_failed', '/method/id', `no method is named ${JSON.stringify(id)}`);
  return method;
}

function refuseUnserved(request: ExplanationRequest): void {
  const { n, stream } = request.call as { n?: unknown; stream?: unknown };
  if (typeof n === 'number' && n > 1) throw faultAt('unsupported_call', '/call/n', 'one explanation explains one completion: send the call with `n` 1 and the completion to explain');
  if ((request.call['conversation'] ?? null) !== null) {
    throw faultAt('unsupported_call', '/call/conversation', 'a conversation grows by every answer that is asked for: send its items as `input`');
  }
  if (stream !== undefined && typeof stream !== 'boolean') throw faultAt('validation_failed', '/call/stream', 'must be true or false');
}

/** The plan of a request whose `auto` came to this scorer; null where the budget has no room for it. */
function planAs(request: ExplanationRequest, scorer: Choice, directory: EndpointDirectory, limits: Limits): AnyPlan | null {
  try {
    return planFor({ ...request, scorer }, directory, limits);
  } catch (error) {
    if (error instanceof ProblemError && error.code === 'budget_too_small') return null;
    throw error;
  }
}

/** The plan for the way that the endpoint is asked in, once that is settled. */
export function settledPlan<P extends AnyPlan>(plan: P, need: Need): P {
  return need === 'text' ? plan : { ...plan, ...plan.weighing };
}

/** What scoring takes, as far as it is known before anything is asked. */
interface ScoringCosts {
  weighings: number;
  extra: Extra;
  /** Calls before the first mask. */
  first: number;
}

/** What is known of the scorer before anything is asked. @throws ProblemError scorer_unavailable, validation_failed, target_* */
function scoringCosts(request: ExplanationRequest, endpoint: EndpointInfo, completion: Completion | null): ScoringCosts {
  const { scorer: choice, targets: specs } = request;
  const targets = completion && resolveTargets(specs, completion);
  if (targets) refuseUncheckable(request, targets);
  const first = completion ? 0 : 1;
  if (choice.id === 'auto') return { weighings: 1, extra: NOBODY, first };
  const scorer = scorerById(choice.id);
  refuseUnfed(scorer, choice.options, endpoint);
  const unfit = scorer.unfit?.(specs, choice.options) ?? null;
  if (unfit !== null) throw faultAt('validation_failed', '/scorer/options', unfit);
  if (completion && targets) scorer.refuse?.({ reference: completion, grid: null }, targets, choice.options);
  const weighings = 1 + (scorer.foils?.(choice.options).length ?? 0);
  const extra = extraOf(scorer, choice.options, (targets ?? specs).length);
  // what the call opens with is asked before the first mask, and not every method asks for the full mask
  return { weighings, extra, first: first + (scorer.needs === 'opening' ? 1 : 0) };
}

/**
 * Everything that can be known, and refused, without asking a model.
 * @throws ProblemError with a pointer to the field
 */
export function planFor(given: ExplanationRequest, directory: EndpointDirectory, limits: Limits): AnyPlan {
  const request = filledRequest(given);
  refuseUnserved(request);
  const endpoint = endpointFor(request, directory);
  const model = modelFor(request, endpoint);
  const call: Call = { ...request.call, model };
  const asked = askedOf(request.method);
  const ownScorers = ownScorersOf(asked);
  refuseHighlight(asked, request, endpoint);
  const paraphraser = paraphraserOf(asked, { endpoint, model }, directory);
  const cutting = cutCall(request, asked.attribution, call, limits.maxUnits);
  const { n } = cutting.renderer;
  if (n === 0) throw faultAt('nothing_to_explain', '/call', 'every part is fixed or empty');
  if (n > limits.maxUnits) throw faultAt('too_many_units', '/call', `${n} units; at most ${limits.maxUnits} are taken: use a coarser segmenter, or \`explain: "whole"\` and "fixed"`);
  const completion = request.completion === undefined || request.completion === null ? null : completionFrom(request.completion);
  const { weighings, extra, first } = scoringCosts(request, endpoint, completion);
  const search = searchById(asked.attribution.id);
  const seeking = search ? seekingFor(search, request, call, cutting.units, { endpoint, model }, directory) : null;
  const method = search ? null : methodFor(asked.attribution.id);
  const { own: methodOptions } = search ? searchApart(asked.attribution.options) : apart(asked.attribution.options);
  const need = seeking ? searchNeed(seeking) : needOf(method as Method, methodOptions, n, cutting.ladder?.sizes ?? null);
  const checkCalls = checkCallsOf(request, cutting.units, cutting.renderer.perturbable, need.mostUnits);
  const costs = { before: first + extra.once, each: weighings + extra.each, checkCalls, after: sumOf(highlightCalls(asked, { mostUnits: need.mostUnits, units: cutting.units })) };
  const ways = waysOf(request.scorer.id, seeking !== null);
  const compares = ways.has('text');
  // a search tries the unchanged call as well, and where it is answered in one way only that is the completion
  const shareFor = (repeating: Repeats, calls: number | null): Share => {
    const shared = seeking && compares && !repeating.noisy ? { ...costs, before: extra.once } : costs;
    return share(need, { ...shared, ...repeating }, calls, limits.maxCalls);
  };
  const weighing = [...ways].some((way) => way !== 'text') ? shareFor(ONCE, request.budget.calls) : null;
  const shareOf = (calls: number | null): Share => shareFor(compares ? repeatsOf(request, call) : ONCE, calls);
  const split = shareOf(request.budget.calls);
  // one more than planned, for an endpoint that must weigh the call once to cut its completion into tokens
  const most = Math.max(split.calls, weighing?.calls ?? 0);
  const infillCalls = seeking?.asked ? split.methodCalls : 0;
  const cap = request.budget.calls ?? Math.min(most + infillCalls + 1, limits.maxCalls);
  const other = request.scorer.id === 'auto' ? consultingChoice(endpoint, request.scorer, ownScorers, seeking !== null) : null;
  const open = other && planAs(request, other, directory, limits);
  const wide = Math.max(cap, request.budget.calls ?? open?.request.budget.calls ?? 0);
  // room to consult is no room to evaluate more: where the method would take it so, consulting makes do with less
  const calls = wide === cap || shareOf(wide).methodCalls <= Math.max(split.methodCalls, shareOf(cap).methodCalls) ? wide : cap;
  const compared = calls === wide ? open : other && planAs({ ...request, budget: { ...request.budget, calls } }, other, directory, limits);
  const filled: FilledRequest = {
    ...request,
    endpoint: typeof request.endpoint === 'object' ? request.endpoint : endpoint.name,
    call: { ...request.call, model },
    budget: { ...request.budget, calls },
  };
  const planned = { request: filled, asked, ownScorers, endpoint, model, call, ...cutting, mostUnits: need.mostUnits, methodOptions, completion, weighings, extra, compared, paraphraser, infillCalls, ...split, calls: Math.min(most + infillCalls, calls), weighing: weighing ?? split };
  return seeking ? { ...planned, method: seeking.search, seeking } : { ...planned, method: method as Method, seeking: null };
}
