import type { ExplanationRequest } from '../contract/request.ts';
import { completionFrom } from '../core/completions.ts';
import { methodById } from '../core/methods/index.ts';
import { perturbationOf } from '../core/perturbation.ts';
import { perturberById } from '../core/perturbers/index.ts';
import { createRenderer, type Renderer } from '../core/render.ts';
import { segmenterById } from '../core/segmenters/index.ts';
import { scorerById } from '../core/scorers/index.ts';
import { resolveTargets } from '../core/targets.ts';
import type { Call, Completion, Method, Unit } from '../core/types.ts';
import { unitsOf } from '../core/units.ts';
import { faultAt } from '../errors.ts';
import { checkCallsOf, refuseUncheckable } from './checkplan.ts';
import { heldOutSize } from './heldout.ts';
import type { EndpointDirectory, EndpointInfo } from './ports.ts';

export interface Limits {
  maxUnits: number;
  maxCalls: number;
}

/** What a job will do, worked out before a token is spent. Pure: the same request gives the same plan. */
export interface Plan {
  /** The request with every default filled in, as stored and shown. */
  request: ExplanationRequest;
  endpoint: EndpointInfo;
  model: string;
  call: Call;
  units: readonly Unit[];
  renderer: Renderer;
  method: Method;
  methodOptions: unknown;
  /** null: the service asks for it. */
  completion: Completion | null;
  /** Masks that the method may ask at most. */
  methodCalls: number;
  heldOutCalls: number;
  /** Masks of the checks that the request wants, at most; reserved for them. */
  checkCalls: number;
  /** Evaluations of one mask: one, and one more for each foil. The counts before this one are of masks. */
  weighings: number;
  /** Reference, method, held-out and check evaluations together. */
  calls: number;
}

const DEFAULT_CALLS = 200;

function endpointFor(request: ExplanationRequest, directory: EndpointDirectory): EndpointInfo {
  const name = request.endpoint ?? directory.defaultName;
  const found = directory.list().find((endpoint) => endpoint.name === name);
  if (!found) throw faultAt('unknown_endpoint', '/endpoint', `no endpoint is named ${JSON.stringify(name)}`);
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

/** @throws ProblemError validation_failed */
export function methodFor(id: string): Method {
  const method = methodById(id);
  if (!method) throw faultAt('validation_failed', '/method/id', `no method is named ${JSON.stringify(id)}`);
  return method;
}

function refuseUnserved(request: ExplanationRequest): void {
  if (request.webhook) throw faultAt('not_available', '/webhook', 'webhooks are not offered by this release: poll the explanation');
  const { n, stream } = request.call as { n?: unknown; stream?: unknown };
  if (typeof n === 'number' && n > 1) throw faultAt('unsupported_call', '/call/n', 'one explanation explains one completion: send the call with `n` 1 and the completion to explain');
  if (stream !== undefined && typeof stream !== 'boolean') throw faultAt('validation_failed', '/call/stream', 'must be true or false');
}

interface Shared {
  methodCalls: number;
  heldOutCalls: number;
}

/** Most evaluations that leave their tenth for the held-out check within `available`. */
function roomFor(available: number): number {
  let room = Math.floor(available / 1.1);
  while (room > 0 && room + heldOutSize(room) > available) room -= 1;
  return room;
}

/** How a method and its check share `available` evaluations; null where the method does not fit. The check gives way first. */
function shared(method: Method, options: unknown, n: number, available: number): Shared | null {
  for (const room of [roomFor(available), available]) {
    const methodCalls = room < 1 ? Infinity : method.evaluations(n, options, room);
    if (methodCalls < 1 || methodCalls > available) continue;
    // masks that are all asked leave none to hold out
    const unseen = n > 30 ? Infinity : Math.max(0, 2 ** n - methodCalls);
    return { methodCalls, heldOutCalls: Math.min(heldOutSize(methodCalls), available - methodCalls, unseen) };
  }
  return null;
}

/** The least number of masks that would do, looked for upwards from what did not. */
function leastMasks(method: Method, options: unknown, n: number, refused: number): number {
  const need = method.evaluations(n, options, Math.max(1, refused));
  for (let masks = Math.max(0, refused) + 1; masks < Math.min(need, refused + 64); masks += 1) {
    if (shared(method, options, n, masks)) return masks;
  }
  return need;
}

/** What is not the method's to decide. */
interface Beside {
  /** Calls before the first mask. */
  reference: number;
  /** Masks of the checks that were asked for. */
  checkCalls: number;
  /** Calls for every mask. */
  weighings: number;
}

/**
 * Splits the calls between reference, method and checks. An open budget grows by what the checks take, so that asking
 * for them changes no score. @throws budget_too_small
 */
function share(method: Method, options: unknown, n: number, { reference, checkCalls, weighings }: Beside, asked: number | null, limits: Limits): Shared & { checkCalls: number; calls: number } {
  const beside = reference + weighings * checkCalls;
  const open = Math.max(DEFAULT_CALLS, reference + weighings * fullNeed(method, options, n, Math.floor(DEFAULT_CALLS / weighings))) + weighings * checkCalls;
  const total = Math.min(asked ?? open, limits.maxCalls);
  const masks = Math.floor((total - beside) / weighings);
  const found = shared(method, options, n, masks);
  if (found) return { ...found, checkCalls, calls: beside + weighings * (found.methodCalls + found.heldOutCalls) };
  const least = beside + weighings * leastMasks(method, options, n, masks);
  const ceiling = asked === null || asked > limits.maxCalls;
  const checks = checkCalls > 0 ? ` (${checkCalls} of them for \`faithfulness\`)` : '';
  const message = `${method.id} needs ${least} calls for ${n} units${checks} and may use ${total}${ceiling ? ' here (MAX_CALLS)' : ''}: raise the budget, use larger units, or a method that samples`;
  throw faultAt('budget_too_small', asked === null ? '/method' : '/budget/calls', message);
}

/** Masks of a method and its check, of those whose number is free `usual` together. */
function fullNeed(method: Method, options: unknown, n: number, usual: number): number {
  const need = method.evaluations(n, options, roomFor(usual));
  return need + heldOutSize(need);
}

/**
 * Everything that can be known, and refused, without asking a model.
 * @throws ProblemError with a pointer to the field
 */
export function planFor(request: ExplanationRequest, directory: EndpointDirectory, limits: Limits): Plan {
  refuseUnserved(request);
  const endpoint = endpointFor(request, directory);
  const model = modelFor(request, endpoint);
  const call: Call = { ...request.call, model };
  const segmenter = segmenterById(request.segmenter.id);
  const units = unitsOf(call, (text) => segmenter.segment(text, request.segmenter.options), segmenter.level);
  const perturber = perturberById(request.perturber.id);
  const renderer = createRenderer(call, units, perturbationOf(perturber, units, request.perturber.options));
  const n = renderer.n;
  if (n === 0) throw faultAt('nothing_to_explain', '/call', 'every part is fixed or empty');
  if (n > limits.maxUnits) throw faultAt('too_many_units', '/call', `${n} units; at most ${limits.maxUnits} are taken: use a coarser segmenter, or \`explain: "whole"\` and "fixed"`);
  const completion = request.completion === undefined || request.completion === null ? null : completionFrom(request.completion);
  const scorer = request.scorer.id === 'auto' ? null : scorerById(request.scorer.id);
  if (completion) {
    const targets = resolveTargets(request.targets, completion);
    refuseUncheckable(request, targets);
    scorer?.refuse?.({ reference: completion, grid: null }, targets, request.scorer.options);
  }
  const weighings = 1 + (scorer?.foils?.(request.scorer.options).length ?? 0);
  // what the call opens with is asked before the first mask, and not every method asks for the full mask
  const first = (completion ? 0 : 1) + (scorer?.needs === 'opening' ? 1 : 0);
  const method = methodFor(request.method.id);
  const checkCalls = checkCallsOf(request, units, renderer.perturbable);
  const split = share(method, request.method.options, n, { reference: first, checkCalls, weighings }, request.budget.calls, limits);
  const filled: ExplanationRequest = {
    ...request,
    endpoint: endpoint.name,
    call: { ...request.call, model },
    // more than planned, for an endpoint that must weigh the call once to cut a completion into tokens
    budget: { ...request.budget, calls: request.budget.calls ?? Math.min(split.calls + weighings, limits.maxCalls) },
  };
  return { request: filled, endpoint, model, call, units, renderer, method, methodOptions: request.method.options, completion, weighings, ...split };
}
