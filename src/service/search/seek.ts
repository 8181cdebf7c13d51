import type { Contrast as PublicContrast } from '../../contract/contrast.ts';
import { contrastsOf } from '../../core/contrasts/contrasts.ts';
import { draftKey } from '../../core/contrasts/drafts.ts';
import { packEvaluations } from '../../core/evaluations.ts';
import { createRng } from '../../core/rng.ts';
import type { Basis, SearchGame, Target, Values } from '../../core/types.ts';
import { faultAt } from '../../errors.ts';
import type { Counsel } from '../counsel.ts';
import type { Samples } from '../drive.ts';
import { refuseTooFew } from '../enough.ts';
import type { Explained } from '../explain.ts';
import type { SearchPlan } from '../plan.ts';
import type { Endpoints } from '../ports.ts';
import { censoredOf, notesOf } from '../scoring.ts';
import type { Setting } from '../setting.ts';
import { weighingFloor } from '../weighing-noise.ts';
import { type Answers, answersTo } from './answers.ts';
import { endpointAsked } from './asked.ts';
import { Filler } from './filler.ts';
import { reasonsOf } from './reasons.ts';
import { assembleSearch } from './result.ts';
import { shownContrast } from './shown.ts';
import { storedTries } from './stored.ts';
import { Trier } from './trier.ts';
import { Tries, type TriesInput } from './tries.ts';

export interface SeekInput extends Omit<TriesInput, 'editor' | 'question' | 'beside' | 'repeats' | 'completionAsked'> {
  endpoints: Endpoints;
  version: string;
  plan: SearchPlan;
  setting: Setting;
  targets: readonly Target[];
  basis: Basis;
  counsel: Counsel;
  /** Values of calls' samples, [call][target]; somebody may have to be asked about them. */
  score: (samples: readonly Samples[]) => Promise<Values>;
  cancel: AbortSignal;
  /** Told the best attempt so far, whenever there is a better one. */
  onContrast: (contrast: PublicContrast) => void;
}

/**
 * A job that searches edits: the unchanged call, then [wishes → fill → render → cache → ask → consult → score]*, and
 * what that came to. Stopped at any time it gives the best attempt.
 * @throws ProblemError for everything that ends the job; DOMException AbortError when it was handed back
 */
export async function seek(input: SeekInput): Promise<Explained> {
  const { plan, setting, targets, basis, budget, counsel, cancel } = input;
  const { seeking, request } = plan;
  const { epsilon, direction, target, asked } = seeking;
  if (target >= targets.length) throw faultAt('target_not_found', '/method/options/target', `there is no target ${target}: the job has ${targets.length}, counted from 0`);
  const { scorer, options } = setting.scoring;
  const weighed = setting.question.kind !== 'generate';
  const infillEndpoint = endpointAsked(asked, input.endpoint, input.endpoints, { owner: input.owner, job: budget });
  const filler = new Filler({ ...input, seeking, infillEndpoint, rng: createRng(request.seed, 'infill') });
  const common = { ...input, editor: seeking.editor, completionAsked: plan.completion === null };
  const tries = new Tries({ ...common, question: setting.question, beside: setting.beside, repeats: plan });
  // asking for the completion was an evaluation of its own, unless it is that of the unchanged call as well
  const apart = plan.completion === null && (plan.noisy || weighed) ? 1 : 0;
  const most = Math.min(plan.methodCalls, seeking.max_evaluations - apart);
  // where calls are only weighed, room is kept to ask for the answers to what is shown
  const reserved = weighed ? Math.min(seeking.search.goal === 'keeps' ? 1 : seeking.contrasts, Math.max(0, most - 2)) : 0;
  const difference = (whole: number, value: number): number => scorer.moved?.(whole, value, options) ?? whole - value;
  const trier = new Trier({
    filler,
    tries,
    score: input.score,
    moved: (whole, value) => (direction === 'either' ? Math.abs(difference(whole, value)) : difference(whole, value)),
    target,
    most: most - reserved,
    ended: () => cancel.aborted || budget.spent,
  });
  const past = (score: number): boolean => score > epsilon;
  const rng = createRng(request.seed, 'search');
  const gameWith = (barred: ReadonlySet<number>): SearchGame => ({ n: seeking.groups.length, barred, budget: seeking.max_evaluations, past, left: () => trier.left(), rng });

  const seen = (): Answers => ({ texts: new Map(tries.log.flatMap(({ draft, sample, outcome }) => (outcome.kind === 'generated' && sample === 0 ? [[draftKey(draft), outcome.completion.text]] : []))), asked: 0 });
  const tell = (): void => {
    const best = trier.best();
    if (best) input.onContrast(shownContrast({ seeking, answers: seen().texts, evaluations: trier.used + apart }, [], { ...best, minimal: false }, []));
  };
  await trier.begin();
  const run = contrastsOf(seeking.search, seeking.searchOptions, gameWith, seeking.contrasts);
  let step = run.next();
  while (!step.done) {
    const highest = trier.best()?.score ?? -Infinity;
    const trials = await trier.answer(step.value);
    if ((trier.best()?.score ?? -Infinity) > highest) tell();
    step = run.next(trials);
  }
  const { found, stopped } = step.value;
  if (!cancel.aborted) refuseTooFew(Number.isNaN(trier.whole), tries, counsel, budget);
  const attempt = found.length > 0 ? null : trier.best();
  const best = attempt && { ...attempt, minimal: false };
  const shown = [...found, ...(best ? [best] : [])].slice(0, Math.max(reserved, weighed ? 0 : Infinity)).map(({ draft }) => draft);
  const answers = weighed ? await answersTo(shown, common) : seen();
  const reasons = reasonsOf({ plan, reference: basis.reference, unchanged: tries.answerOf([]), trier, filler, found });
  const contrast = shownContrast({ seeking, answers: answers.texts, evaluations: trier.used + apart + answers.asked }, found, best, reasons);
  const outcomes = tries.log.map(({ outcome }) => outcome);
  const notes = [...setting.notes, ...notesOf(setting.scoring, basis, targets, outcomes)];
  const censored = censoredOf(setting.scoring, basis, targets, outcomes);
  const floor = weighingFloor(setting.scoring, basis, targets, outcomes);
  const ending = { version: input.version, plan, setting: { ...setting, notes }, targets, evaluator: tries, counsel, budget, censored, floor, cancelled: cancel.aborted };
  const result = assembleSearch({ ...ending, contrast, stopped, whole: trier.whole });
  return { result, evaluations: packEvaluations(storedTries({ plan, basis, scoring: setting.scoring, counsel }, tries)) };
}
