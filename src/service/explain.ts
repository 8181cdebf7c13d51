import type { ExplanationRequest } from '../contract/request.ts';
import type { Progress, Result } from '../contract/resource.ts';
import { packEvaluations } from '../core/evaluations.ts';
import { heldOut, heldOutMasks } from '../core/faithfulness.ts';
import { createRng } from '../core/rng.ts';
import { resolveTargets } from '../core/targets.ts';
import type { Completion, Finding, Game, Need, Outcome, TokenGrid } from '../core/types.ts';
import { ProblemError } from '../errors.ts';
import { Budget } from './budget.ts';
import { drive } from './drive.ts';
import { refuseTooFew } from './enough.ts';
import { Evaluator, type Question } from './evaluator.ts';
import { type Limits, type Plan, planFor } from './plan.ts';
import type { Endpoints, OutcomeCache, Rung } from './ports.ts';
import { askReference } from './reference.ts';
import { assemble } from './result.ts';
import { type Scoring, scoringFor, targetWeights, valuesOf } from './scoring.ts';

export interface ExplainInput {
  owner: string;
  request: ExplanationRequest;
  endpoints: Endpoints;
  cache: OutcomeCache;
  limits: Limits;
  version: string;
  /** Cancels: what has been evaluated is fitted and given back. */
  cancel: AbortSignal;
  /** Gives the job up at once; whoever takes it on goes on from the cache. */
  handBack: AbortSignal;
  onProgress: (progress: Progress) => void;
  onUsed: (keys: readonly string[]) => void;
}

export interface Explained {
  result: Result;
  /** JSON text of the evaluations, for later targets. */
  evaluations: string;
}

interface Setting {
  plan: Plan;
  reference: Completion;
  grid: TokenGrid | null;
  rung: Rung;
  notes: readonly string[];
  scoring: Scoring;
  question: Question;
}

/** A completion that is tool calls, or empty, has no text that the model could be asked to weigh. */
function canWeigh(completion: Completion): boolean {
  return completion.text.length > 0 && completion.toolCalls.length === 0;
}

async function settle(input: ExplainInput, plan: Plan, budget: Budget, signal: AbortSignal): Promise<Setting> {
  const endpoint = input.endpoints.get(plan.endpoint.name);
  if (!endpoint) throw new Error('planned for an endpoint that is not there');
  input.onProgress({ phase: 'reference', done: 0, planned: plan.calls });
  const reference = plan.completion ?? (await askReference({ ...input, endpoint, plan, budget, signal }));
  const wanted = input.request.scorer.id;
  const supports = await endpoint.supports(plan.model, signal);
  const shape: Rung = plan.call['messages'] !== undefined ? supports.chat : plan.call['prompt'] !== undefined ? supports.completion : 'text';
  const rung: Rung = canWeigh(reference) ? shape : 'text';
  const feeds = new Set<Need>(rung === 'text' ? ['text'] : ['text', 'likelihood']);
  const scoring = scoringFor({ id: wanted, options: input.request.scorer.options }, feeds, plan.method);
  if (scoring.scorer.needs === 'text') {
    return { plan, reference, grid: null, rung: 'text', notes: supports.notes, scoring, question: { kind: 'generate' } };
  }
  const full = plan.renderer.render(new Uint8Array(plan.renderer.n).fill(1));
  try {
    const grid = await endpoint.grid(full, reference, signal);
    return { plan, reference, grid, rung, notes: supports.notes, scoring, question: { kind: 'weigh', completion: reference, grid } };
  } catch (error) {
    // what the server weighs in general it may not for this call: with `auto` the answer is compared instead, and the notes say why
    if (wanted !== 'auto' || !(error instanceof ProblemError) || error.code !== 'scorer_unavailable') throw error;
    const compared = scoringFor({ id: 'auto', options: {} }, new Set<Need>(['text']), plan.method);
    return { plan, reference, grid: null, rung: 'text', notes: [...supports.notes, error.message], scoring: compared, question: { kind: 'generate' } };
  }
}

/**
 * One job from request to result: reference completion, then [masks → render → dedupe → cache → ask → score]* →
 * attribution → held-out check.
 * @throws ProblemError for everything that ends the job; DOMException AbortError when it was handed back
 */
export async function explain(input: ExplainInput): Promise<Explained> {
  const plan = planFor(input.request, input.endpoints, input.limits);
  const budget = new Budget(plan.request.budget, plan.endpoint.price);
  const signal = AbortSignal.any([input.cancel, input.handBack]);
  const setting = await settle(input, plan, budget, signal);
  const endpoint = input.endpoints.get(plan.endpoint.name);
  if (!endpoint) throw new Error('planned for an endpoint that is not there');
  const targets = resolveTargets(plan.request.targets, setting.reference);

  let phase: Progress['phase'] = 'evaluating';
  const referenceCalls = budget.used.calls;
  const evaluator = new Evaluator({
    ...input,
    endpoint,
    budget,
    signal,
    renderer: plan.renderer,
    question: setting.question,
    onProgress: (done) => input.onProgress({ phase, done: Math.min(plan.calls, done + referenceCalls), planned: plan.calls }),
  });
  const values = (outcomes: readonly (Outcome | null)[]) => valuesOf(setting.scoring, setting.reference, setting.grid, targets, outcomes);
  const seed = plan.request.seed;
  const game: Game = { n: plan.renderer.n, columns: targets.length, weights: targetWeights(targets, setting.grid), rng: createRng(seed, 'method') };
  const ask = async (role: 'method' | 'holdout', masks: readonly Uint8Array[]) => {
    const outcomes = await evaluator.evaluate(masks, role);
    input.handBack.throwIfAborted();
    return outcomes;
  };
  const finding: Finding = await drive(plan.method, game, plan.methodOptions, plan.methodCalls, (masks) => ask('method', masks), values);

  phase = 'verifying';
  const checks = heldOutMasks(game.n, plan.methodCalls, createRng(seed, 'holdout')).slice(0, plan.heldOutCalls);
  const checked = values(await ask('holdout', checks));
  if (!input.cancel.aborted) refuseTooFew(finding, evaluator, budget);

  const first = finding.attributions[0];
  const faithfulness = first ? heldOut(first, checks, checked.map((row) => row[0] ?? NaN)) : null;
  const result = assemble({ input, setting, targets, finding, faithfulness, evaluator, budget, cancelled: input.cancel.aborted });
  const evaluations = packEvaluations({
    n: game.n,
    completion: setting.reference,
    grid: setting.grid,
    needs: setting.scoring.scorer.needs,
    evaluations: evaluator.log,
  });
  return { result, evaluations };
}
