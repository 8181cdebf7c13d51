import type { ExplanationRequest } from '../contract/request.ts';
import type { Progress, Provisional, Result } from '../contract/resource.ts';
import { packEvaluations, type Role } from '../core/evaluations.ts';
import { parentsOf } from '../core/parents.ts';
import { createRng } from '../core/rng.ts';
import { resolveTargets } from '../core/targets.ts';
import type { Basis, Finding, Game, Mask, Outcome } from '../core/types.ts';
import { Budget, generousTokens } from './budget.ts';
import { refuseUncheckable } from './checkplan.ts';
import { check, publicFaithfulness } from './checks.ts';
import { drive } from './drive.ts';
import { refuseTooFew } from './enough.ts';
import { Evaluator } from './evaluator.ts';
import { checkMasks, judge } from './heldout.ts';
import { type Limits, planFor } from './plan.ts';
import type { Endpoints, OutcomeCache } from './ports.ts';
import { askReference } from './reference.ts';
import { provisionalOf } from './provisional.ts';
import { assemble } from './result.ts';
import { notesOf, targetWeights, valuesOf } from './scoring.ts';
import { settle } from './setting.ts';

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
  /** What would be said if the job had to stop now; once per round of a method that knows. */
  onProvisional?: (provisional: Provisional) => void;
  onUsed: (keys: readonly string[]) => void;
}

export interface Explained {
  result: Result;
  /** JSON text of the evaluations, for later targets. */
  evaluations: string;
}

/**
 * One job from request to result: reference completion, then [masks → render → dedupe → cache → ask → score]* →
 * attribution → held-out check → the checks that were asked for.
 * @throws ProblemError for everything that ends the job; DOMException AbortError when it was handed back
 */
export async function explain(input: ExplainInput): Promise<Explained> {
  const plan = planFor(input.request, input.endpoints, input.limits);
  const budget = new Budget(plan.request.budget, plan.endpoint.price);
  const signal = AbortSignal.any([input.cancel, input.handBack]);
  const endpoint = input.endpoints.get(plan.endpoint.name);
  if (!endpoint) throw new Error('planned for an endpoint that is not there');
  input.onProgress({ phase: 'reference', done: 0, planned: plan.calls });
  const asking = { ...input, endpoint, plan, budget, signal };
  const reference = plan.completion ?? (await askReference(asking));
  const targets = resolveTargets(plan.request.targets, reference);
  refuseUncheckable(plan.request, targets);
  const setting = await settle(asking, reference, targets);
  budget.expectAnswers(setting.question.kind === 'generate' ? generousTokens(reference.text) : 1);

  const basis: Basis = { reference, grid: setting.grid, others: setting.others, opening: setting.opening };

  let phase: Progress['phase'] = 'evaluating';
  const referenceCalls = budget.used.calls;
  const evaluator = new Evaluator({
    ...input,
    endpoint,
    budget,
    signal,
    renderer: plan.renderer,
    question: setting.question,
    beside: setting.beside,
    onProgress: (done) => input.onProgress({ phase, done: Math.min(plan.calls, done + referenceCalls), planned: plan.calls }),
  });
  const values = (outcomes: readonly (Outcome | null)[]) => valuesOf(setting.scoring, basis, targets, outcomes);
  const seed = plan.request.seed;
  const game: Game = { n: plan.renderer.n, columns: targets.length, weights: targetWeights(targets, setting.grid), parents: parentsOf(plan.units, plan.renderer.perturbable), rng: createRng(seed, 'method') };
  const ask = async (role: Role, masks: readonly Mask[]) => {
    const outcomes = await evaluator.evaluate(masks, role);
    input.handBack.throwIfAborted();
    return outcomes;
  };
  const finding: Finding = await drive(plan.method, game, plan.methodOptions, plan.methodCalls, (masks) => ask('method', masks), values, (soFar) => input.onProvisional?.(provisionalOf(plan, soFar)));

  phase = 'verifying';
  const checks = checkMasks(game.n, plan.heldOutCalls, evaluator.log.map(({ mask }) => mask), createRng(seed, 'holdout'));
  const shown = await ask('holdout', checks.masks);
  if (!input.cancel.aborted) refuseTooFew(finding, evaluator, budget);
  const checked = values(shown);
  const heldOut = judge(finding.attributions[0], checks, shown.map((outcome, row) => outcome && (checked[row]?.[0] ?? NaN)));
  // last: where the budget ends early, the held-out check is worth more
  const asked = await check(plan, finding.attributions, async (masks) => values(await ask('check', masks)), () => budget.used.calls);
  const faithfulness = publicFaithfulness(heldOut, asked, plan.renderer.perturbable);
  const notes = [...setting.notes, ...notesOf(setting.scoring, basis, targets, evaluator.log.map(({ outcome }) => outcome))];
  const result = assemble({ version: input.version, plan, setting: { ...setting, notes }, targets, finding, faithfulness, evaluator, budget, cancelled: input.cancel.aborted });
  const evaluations = packEvaluations({
    n: game.n,
    completion: reference,
    grid: setting.grid,
    others: setting.others,
    opening: setting.opening,
    needs: setting.scoring.scorer.needs,
    evaluations: evaluator.log,
  });
  return { result, evaluations };
}
