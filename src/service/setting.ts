import { shapeOf } from '../core/callshape.ts';
import { cheapestRung, EXACT } from '../core/rungs.ts';
import type { Basis, Completion, Need, Target } from '../core/types.ts';
import { ProblemError } from '../errors.ts';
import type { Asking } from './asking.ts';
import { longestOther } from './auto.ts';
import { consultingChoice, feedsOf } from './consulting.ts';
import { findGrid } from './grid.ts';
import { type AnyPlan, settledPlan } from './plan.ts';
import type { Rung, Supports } from './ports.ts';
import type { Question } from './question.ts';
import { refuseRouteless } from './routeless.ts';
import { completionsWithFoils, type Scoring, scoringFor } from './scoring.ts';
import { askWhole } from './whole.ts';

/** What a job has settled before its first mask: the answer to explain, how it is scored and so how it is asked. */
export interface Setting extends Basis {
  rung: Rung;
  notes: readonly string[];
  scoring: Scoring;
  question: Question;
  /** Asked of every mask beside the question: one for each foil. */
  beside: readonly Question[];
  /** With its calls shared out as the scoring needs it. */
  plan: AnyPlan;
}

/** A completion that is tool calls, or empty, has no text that the model could be asked to weigh. */
function isText(completion: Completion): boolean {
  return completion.text.length > 0 && completion.toolCalls.length === 0;
}

interface Fed {
  feeds: Set<Need>;
  opening: number;
  rungs: Readonly<Record<Need, Rung>>;
}

/**
 * What the endpoint can feed a scorer with for this call and completion, on which rungs, and how many first tokens it shows.
 * @param other characters of a text of the scorer's own that may be weighed, whatever the completion is; null: none
 */
function fed(supports: Supports, call: Asking['plan']['call'], reference: Completion, other: number | null): Fed {
  const shape = shapeOf(call);
  const feeds = new Set<Need>(['text']);
  const rung = shape && cheapestRung(supports.weighing[shape], JSON.stringify(call).length, other ?? reference.text.length);
  const rungs = { likelihood: rung ?? 'text', opening: 'first_token', text: 'text' } as const;
  if (!shape || (!isText(reference) && other === null)) return { feeds, opening: 0, rungs };
  // only what the endpoint says by itself can be followed
  if (rung && (EXACT.has(rung) || other === null)) feeds.add('likelihood');
  if (supports.opening[shape] > 0) feeds.add('opening');
  return { feeds, opening: supports.opening[shape], rungs };
}

type Asked = Basis & Pick<Setting, 'question' | 'beside'>;

/** Finds out what must be known before masks can be asked by a scorer of this need. @throws ProblemError */
const PREPARE: Readonly<Record<Need, (input: Asking, reference: Completion, targets: readonly Target[], scoring: Scoring, rung: Rung) => Promise<Asked>>> = {
  async likelihood(input, reference, targets, scoring, rung) {
    const instead = scoring.scorer.weighs?.(scoring.options);
    const weighed: Completion = instead === undefined ? reference : { text: instead, toolCalls: [], finishReason: null };
    const grid = await findGrid(input, weighed, rung);
    const beside: Extract<Question, { kind: 'weigh' }>[] = [];
    for (const completion of completionsWithFoils(scoring, reference, targets)) {
      beside.push({ kind: 'weigh', completion, grid: await findGrid(input, completion, rung), rung });
    }
    const others = beside.map(({ completion, grid: own }) => ({ text: completion.text, grid: own }));
    return { reference, grid, weighed: instead, others, question: { kind: 'weigh', completion: weighed, grid, rung }, beside };
  },
  async opening(input, reference) {
    const { top } = await askWhole(input, 'open');
    return { reference, grid: null, opening: top, question: { kind: 'open' }, beside: [] };
  },
  text: (_, reference) => Promise.resolve({ reference, grid: null, question: { kind: 'generate' }, beside: [] }),
};

/**
 * Takes the best scoring that the endpoint can feed for this call and completion.
 * @throws ProblemError scorer_unavailable, target_unsupported, unsupported_call, validation_failed, endpoint_*
 */
export async function settle(input: Asking, reference: Completion, targets: readonly Target[]): Promise<Setting> {
  const { plan, endpoint, signal } = input;
  const { scorer: choice } = plan.request;
  const supports = await endpoint.supports(plan.model, signal);
  refuseRouteless(supports, plan);
  const shape = shapeOf(plan.call);
  const { feeds, opening, rungs } = fed(supports, plan.call, reference, longestOther(choice, plan.ownScorers)?.length ?? null);
  const notes = shape ? [...supports.about[shape]] : [];
  // `auto` consults nobody for whom the plan found no room
  const consultable = choice.id !== 'auto' || plan.compared !== null;
  for (;;) {
    const scoring = scoringFor(choice, plan.ownScorers, consultable ? feedsOf([...feeds], plan.endpoint) : feeds, { reference, targets, opening, exact: EXACT.has(rungs.likelihood) }, plan.method);
    const { scorer, options } = scoring;
    scorer.refuse?.({ reference, grid: null }, targets, options);
    try {
      const asked = await PREPARE[scorer.needs](input, reference, targets, scoring, rungs[scorer.needs]);
      scorer.refuse?.(asked, targets, options);
      const missed = scorer.needs === 'text' && !consultable ? consultingChoice(plan.endpoint, choice, plan.ownScorers, plan.seeking !== null) : null;
      if (missed) notes.push(`${missed.id} would need more calls than the budget has`);
      const rung = rungs[scorer.needs];
      const tokenNoise = scorer.needs === 'likelihood' && shape ? supports.noise[shape][rung] : undefined;
      return { ...asked, tokenNoise, rung, notes, scoring, plan: settledPlan((scorer.consults && plan.compared) || plan, scorer.needs) };
    } catch (error) {
      // what the server can do in general it may not for this call: `auto` then takes the next, and the notes say why
      if (choice.id !== 'auto' || scorer.needs === 'text' || !(error instanceof ProblemError) || error.code !== 'scorer_unavailable') throw error;
      feeds.delete(scorer.needs);
      notes.push(error.message);
    }
  }
}
