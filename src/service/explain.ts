import type { ExplanationRequest } from '../contract/request.ts';
import type { Progress, Provisional, Result } from '../contract/resource.ts';
import { packEvaluations, type Role } from '../core/evaluations.ts';
import { key } from '../core/masks.ts';
import { createRng } from '../core/rng.ts';
import { meanOfSamples } from '../core/sampling/samples.ts';
import { resolveTargets } from '../core/targets.ts';
import type { Basis, Mask } from '../core/types.ts';
import { Answers } from './answers.ts';
import { Budget, generousTokens } from './budget.ts';
import { refuseUncheckable } from './checkplan.ts';
import { check, publicFaithfulness } from './checks.ts';
import { extraOf } from './consulting.ts';
import { Counsel } from './counsel.ts';
import type { Samples } from './drive.ts';
import { refuseTooFew } from './enough.ts';
import { Evaluator } from './evaluator.ts';
import { checkMasks, heldOutSize, judge } from './heldout.ts';
import { Flights } from './flights.ts';
import { highlight } from './highlight.ts';
import { noisedGame, noisy } from './noisy.ts';
import { type Limits, planFor } from './plan.ts';
import { play } from './play.ts';
import type { Endpoints, OutcomeCache } from './ports.ts';
import type { Evaluated } from './meter.ts';
import { askReference } from './reference.ts';
import { provisionalOf } from './provisional.ts';
import { assemble } from './result.ts';
import { censoredOf, consultationsOf, notesOf, sampleValues, targetWeights } from './scoring.ts';
import { endpointAsked } from './search/asked.ts';
import { seek } from './search/seek.ts';
import { type Setting, settle } from './setting.ts';
import { noiseBetween, weighingFloor } from './weighing-noise.ts';

export interface ExplainInput {
  owner: string;
  request: ExplanationRequest;
  endpoints: Endpoints;
  cache: OutcomeCache;
  /** Shared by the jobs that may wait for one another; left out: this one waits for none. */
  flights?: Flights;
  limits: Limits;
  version: string;
  /** Cancels: what has been evaluated is fitted and given back. */
  cancel: AbortSignal;
  /** Gives the job up at once; whoever takes it on goes on from the cache. */
  handBack: AbortSignal;
  onProgress: (progress: Progress) => void;
  /** What would be said if the job had to stop now; once per round of a method that knows. */
  onProvisional?: (provisional: Provisional) => void;
  /** Cache keys that the job is about to write, and again those that it wrote or found. */
  onUsed: (keys: readonly string[]) => void;
  /** What became of evaluations, for those who count. */
  onEvaluated?: (what: Evaluated, count: number) => void;
}

export interface Explained {
  result: Result;
  /** JSON text of the evaluations, for later targets. */
  evaluations: string;
}

/** Whether every evaluation has an answer written, be it a new one or the given one. */
function generates({ question, rung }: Setting): boolean {
  return question.kind === 'generate' || rung === 'forced_decoding' || rung === 'aligned_top_logprobs';
}

/**
 * One job from request to result: reference completion, then [masks → render → dedupe → cache → ask → score]* →
 * attribution → held-out check → the checks that were asked for.
 * @throws ProblemError for everything that ends the job; DOMException AbortError when it was handed back
 */
export async function explain(input: ExplainInput): Promise<Explained> {
  const planned = planFor(input.request, input.endpoints, input.limits);
  const budget = new Budget(planned.request.budget, planned.endpoint.price);
  const signal = AbortSignal.any([input.cancel, input.handBack, budget.overdue]);
  const flow = { owner: input.owner, job: budget };
  const endpoint = input.endpoints.get(planned.endpoint.name)?.as(flow);
  const consultant = input.endpoints.consultant(planned.endpoint.name)?.as(flow);
  if (!endpoint || !consultant) throw new Error('planned for an endpoint that is not there');
  input.onProgress({ phase: 'reference', done: 0, planned: planned.calls });
  const flights = input.flights ?? new Flights();
  const asking = { ...input, endpoint, plan: planned, budget, signal, flights };
  const reference = planned.completion ?? (await askReference(asking));
  const targets = resolveTargets(planned.request.targets, reference);
  refuseUncheckable(planned.request, targets);
  const setting = await settle(asking, reference, targets);
  const { plan, scoring, grid } = setting;
  budget.expectAnswers(generates(setting) ? generousTokens(reference.text) : 1);
  const extra = extraOf(scoring.scorer, scoring.options, targets.length);
  budget.expectFollowing(extra.each, extra.once);
  const basis: Basis = { reference, grid, weighed: setting.weighed, others: setting.others, opening: setting.opening, tokenNoise: setting.tokenNoise };

  let phase: Progress['phase'] = 'evaluating';
  const done = { reference: budget.used.calls, evaluations: 0, consultations: 0, answers: 0 };
  const report = (more: Partial<typeof done>): void => {
    Object.assign(done, more);
    const sum = done.reference + done.evaluations + done.consultations + done.answers;
    input.onProgress({ phase, done: Math.min(plan.calls, sum), planned: plan.calls });
  };
  const shared = { ...input, endpoint, budget, signal, flights };
  const counsel = new Counsel({ ...shared, consultant, onProgress: (consultations) => report({ consultations }) });
  const score = (samples: readonly Samples[]) => sampleValues(scoring, basis, targets, samples, counsel.advice);
  const values = async (samples: readonly Samples[]) => {
    await counsel.prepare(consultationsOf(scoring, { ...basis, targets, outcomes: samples.flat() }));
    budget.freePromised();
    input.handBack.throwIfAborted();
    return score(samples).map((each) => meanOfSamples(each, targets.length));
  };
  const onProgress = (evaluations: number): void => report({ evaluations });
  if (plan.seeking) return seek({ ...shared, plan, setting, targets, basis, counsel, score: values, onProgress, onContrast: (contrast) => input.onProvisional?.({ contrast }) });
  const evaluator = new Evaluator({ ...shared, renderer: plan.renderer, question: setting.question, beside: setting.beside, repeats: plan, completionAsked: plan.completion === null, onProgress });
  const seed = plan.request.seed;
  const ask = async (role: Role, masks: readonly Mask[]) => {
    const samples = await evaluator.evaluate(masks, role);
    input.handBack.throwIfAborted();
    return samples;
  };
  const weights = targetWeights(targets, basis);
  const played = await play({
    plan,
    columns: targets.length,
    weights,
    evaluator,
    ask: (masks) => ask('method', masks),
    score: values,
    tell: (shown, soFar) => input.onProvisional?.(provisionalOf(shown, soFar)),
    ended: () => input.cancel.aborted || budget.spent,
  });
  const { shown, first } = played;
  const n = shown.leaves.length;

  phase = 'verifying';
  const fitted = evaluator.log.filter(({ role }) => role === 'method');
  const distinct = new Set(fitted.map(({ mask }) => key(mask))).size;
  // a method that stopped early is owed no larger check than one that was planned so short
  const held = Math.min(plan.heldOutCalls, heldOutSize(distinct), Math.max(0, plan.methodCalls + plan.heldOutCalls - distinct));
  const checks = checkMasks(n, held, fitted.map(({ mask }) => mask), createRng(seed, 'holdout'));
  const seen = await ask('holdout', checks.masks);
  const blank = first.every(({ scores }) => scores.every(Number.isNaN));
  if (!input.cancel.aborted) refuseTooFew(blank, evaluator, counsel, budget);
  const checked = await values(seen);
  // samples of the unchanged call are nobody's masks: they are scored here for the first time
  await counsel.prepare(consultationsOf(scoring, { ...basis, targets, outcomes: evaluator.log.map(({ outcome }) => outcome) }));
  const { attributions, noise } = noisy({ ...noisedGame(plan, shown, { columns: targets.length, weights }), scorer: scoring.scorer, evaluations: evaluator.log, score, attributions: played.finding.attributions });
  const finding = { ...played.finding, attributions };
  const heldOut = judge(attributions[0], checks, seen.map((samples, row) => (samples.every((outcome) => outcome === null) ? null : (checked[row]?.[0] ?? NaN))));
  const answers = new Answers({ ...shared, onProgress: (known) => report({ answers: known }) });
  const paraphrasing = { ...shared, infillEndpoint: endpointAsked(plan.paraphraser, endpoint, input.endpoints, flow) };
  const highlighted = await highlight({ plan, setting, attribution: attributions[0], shown, renderer: evaluator.renderer, answers, counsel, budget, paraphrasing });
  input.handBack.throwIfAborted();
  budget.expectFollowing(extra.each, 0);
  // last: where the budget ends early, the held-out check is worth more
  const asked = await check(plan, { ...played, finding }, async (masks) => values(await ask('check', masks)), () => budget.used.calls);
  const faithfulness = publicFaithfulness(heldOut, asked, shown.leaves);
  const tokenNoise = setting.tokenNoise ?? (setting.question.kind === 'generate' ? undefined : noiseBetween(await evaluator.again()));
  input.handBack.throwIfAborted();
  const outcomes = evaluator.log.map(({ outcome }) => outcome);
  const notes = [...setting.notes, ...notesOf(scoring, basis, targets, outcomes)];
  const censored = censoredOf(scoring, basis, targets, outcomes);
  const floor = weighingFloor(scoring, { ...basis, tokenNoise }, targets, outcomes);
  const result = assemble({ version: input.version, plan, setting: { ...setting, notes }, targets, played: { ...played, finding }, noise, faithfulness, highlighted, censored, floor, evaluator, answers, counsel, budget, cancelled: input.cancel.aborted });
  const evaluations = packEvaluations({
    n,
    completion: reference,
    grid,
    weighed: setting.weighed,
    others: setting.others,
    opening: setting.opening,
    tokenNoise,
    needs: scoring.scorer.needs,
    evaluations: evaluator.log,
    stages: played.stages,
    ...(scoring.scorer.consults ? { advice: { kinds: scoring.scorer.consults.kinds(scoring.options), numbers: counsel.said } } : {}),
  });
  return { result, evaluations };
}
