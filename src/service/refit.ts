import { requestSchema } from '../contract/request.ts';
import { apart } from '../contract/levels.ts';
import type { Choice } from '../contract/parts.ts';
import type { Result, ResultAttribution, ResultTarget } from '../contract/resource.ts';
import { type StoredEvaluations, unpackEvaluations } from '../core/evaluations.ts';
import { asTable, type EvaluationTable } from '../core/evaluationtable.ts';
import { retrace } from '../core/levels/climb.ts';
import { type Front, gatherer, layOut } from '../core/levels/front.ts';
import { key as maskKey } from '../core/masks.ts';
import { bySample } from '../core/sampling/group.ts';
import { meanOfSamples } from '../core/sampling/samples.ts';
import { resolveTargets } from '../core/targets.ts';
import type { Attribution, Consultation, Game, Mask, Method, Target, TargetSpec, Values } from '../core/types.ts';
import { faultAt } from '../errors.ts';
import type { Samples } from './drive.ts';
import { fitted } from './fitted.ts';
import { noisedGame, noisy } from './noisy.ts';
import { type Limits, methodFor, type Plan, planFor, settledPlan } from './plan.ts';
import { climbInput, replayLevels } from './play.ts';
import { named } from './auto.ts';
import type { EndpointDirectory, Stored } from './ports.ts';
import { adviceKey } from './question.ts';
import { publicTarget } from './result.ts';
import { sampleValues, scoringOf, targetWeights } from './scoring.ts';
import { plainly, publicAttribution, type Shown, unmeasured } from './shown.ts';
import { weighingFloor } from './weighing-noise.ts';

interface RefitInput {
  stored: Stored;
  evaluations: string;
  body: { targets: readonly TargetSpec[]; method?: Choice | undefined };
  directory: EndpointDirectory;
  limits: Limits;
}

/** A finished job, opened again: its plan, what it saw, and how that is scored. */
function reopen({ stored, evaluations, directory, limits }: Omit<RefitInput, 'body'>, method?: Method) {
  const request = requestSchema.parse(JSON.parse(stored.request));
  const kept = unpackEvaluations(evaluations);
  const planned = planFor(request, directory, { ...limits, maxCalls: Infinity });
  const { scorer } = JSON.parse(stored.result) as Pick<Result, 'scorer'>;
  const scoring = scoringOf(named(request.scorer, planned.ownScorers, scorer.id), method ?? planned.method);
  const plan = settledPlan((scoring.scorer.consults && planned.compared) || planned, scoring.scorer.needs);
  const advice = (consultation: Consultation): number => {
    const said = kept.advice?.numbers.get(adviceKey(consultation));
    if (said === undefined) throw faultAt('evaluations_missing', '/targets', `${scoring.scorer.id} was not asked about these targets, and nobody is asked now: submit a new explanation with them`);
    return said;
  };
  const basis = { reference: kept.completion, grid: kept.grid, weighed: kept.weighed, others: kept.others, opening: kept.opening, tokenNoise: kept.tokenNoise };
  const score = (targets: readonly Target[], samples: readonly Samples[]) => sampleValues(scoring, basis, targets, samples, advice);
  const stages = plan.ladder ? kept.stages : undefined;
  const fronts = plan.ladder && stages ? retrace(plan.ladder, stages) : [];
  const last = fronts.at(-1);
  const shown: Shown = last ? unmeasured(layOut(last)) : plainly(plan.units, plan.renderer.perturbable);
  const floor = (targets: readonly Target[]) => weighingFloor(scoring, basis, targets, kept.evaluations.map(({ outcome }) => outcome));
  return { request, kept, plan, scoring, score, floor, stages, fronts, shown };
}

type Asked = ReturnType<typeof bySample>[number];

/** The job's own method over its own levels, for other targets. */
function climbed(plan: Plan, fronts: readonly Front[], { columns, weights }: Pick<Game, 'columns' | 'weights'>, kept: StoredEvaluations, asked: readonly Asked[], values: Values) {
  const { ladder } = plan;
  const last = fronts.at(-1);
  if (!ladder || !kept.stages || !last) throw new Error('not a job with levels');
  const rows = asked.flatMap(({ mask, role }, row) => (role === 'method' ? [{ mask, values: values[row] as Float64Array }] : []));
  const known = new Map<Front, Map<string, Float64Array>>();
  const lookUp = (front: Front, mask: Mask): Float64Array | null => {
    let table = known.get(front);
    if (!table) {
      const gather = gatherer(front, last);
      table = new Map(rows.flatMap((row): [string, Float64Array][] => {
        const gathered = gather(row.mask);
        return gathered ? [[maskKey(gathered), row.values]] : [];
      }));
      known.set(front, table);
    }
    return table.get(maskKey(mask)) ?? null;
  };
  return replayLevels({ ...climbInput({ plan, columns, weights }), ladder, past: { stages: kept.stages, fronts, rows } }, lookUp);
}

/**
 * Attributions of other targets from stored evaluations: pure, no model call.
 * @throws ProblemError target_not_found, evaluations_missing, scorer_unavailable
 */
export function refit(input: RefitInput): { targets: ResultTarget[]; attributions: ResultAttribution[] } {
  const { body } = input;
  const other = body.method && methodFor(body.method.id);
  if (body.method && apart(body.method.options).levels) {
    throw faultAt('validation_failed', '/method/options/levels', 'a finished job keeps the units that it was cut into: submit a new one');
  }
  const { kept, plan, scoring, score, floor, stages, fronts, shown } = reopen(input, other);
  if (plan.seeking) throw faultAt('evaluations_missing', '', 'the job searched edits, which are no masks that an attribution could be fitted to: submit a new one');
  const unfit = scoring.scorer.unfit?.(body.targets, scoring.options) ?? null;
  if (unfit !== null) throw faultAt('validation_failed', '/targets', unfit);
  const targets = resolveTargets(body.targets, kept.completion);
  const weights = targetWeights(targets, kept);
  const columns = targets.length;
  const { own: options } = apart((body.method ?? plan.asked.attribution).options);
  const game = noisedGame(plan, shown, { columns, weights });
  const played = other ? { ...game, method: other, own: false, options } : game;
  const asked = bySample(kept.evaluations);
  const scored = (samples: readonly Samples[]) => score(targets, samples);
  const values = scored(asked.map(({ outcomes }) => outcomes)).map((samples) => meanOfSamples(samples, columns));
  const found = (): { attributions: readonly Attribution[]; tree: Shown } => {
    if (fronts.length > 0 && !other) {
      const { finding, ...tree } = climbed(plan, fronts, { columns, weights }, kept, asked, values);
      return { attributions: finding.attributions, tree };
    }
    const coarse = (stages ?? []).slice(0, -1).reduce((sum, { evaluations }) => sum + evaluations, 0);
    return { attributions: fitted({ ...played, seen: asked, values, coarse }), tree: shown };
  };
  const { attributions: quiet, tree } = found();
  const { attributions } = noisy({ ...played, scorer: scoring.scorer, evaluations: kept.evaluations, score: scored, attributions: quiet });
  const floors = floor(targets);
  return {
    targets: targets.map((target) => publicTarget(target, kept.completion.text)),
    attributions: attributions.map((attribution, target) => publicAttribution(target, attribution, tree, floors?.[target])),
  };
}

/** The stored evaluations as a table: tokens, or the job's targets where nothing was weighed. */
export function tabulate(input: Omit<RefitInput, 'body'>): EvaluationTable {
  const { request, kept, score, shown } = reopen(input);
  const targets = resolveTargets(request.targets, kept.completion);
  const values = () => score(targets, kept.evaluations.map(({ outcome }) => [outcome])).flat();
  return asTable(kept, [...shown.leaves], { columns: targets.map((target) => target.text), values: kept.grid ? [] : values() });
}
