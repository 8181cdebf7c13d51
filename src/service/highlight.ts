import type { Highlight } from '../contract/highlight.ts';
import { highlighted, lacking, randomRemovals } from '../core/highlight/choose.ts';
import { answersOf, differenceOf, OUTCOMES, type Outcome, rateOf, type Tally, tallyOf, type Trial } from '../core/highlight/rates.ts';
import type { HighlightSpec } from '../core/highlight/spec.ts';
import { isBorneOut, wordsOf } from '../core/highlight/words.ts';
import { full } from '../core/masks.ts';
import { type Teller, tellerOf } from '../core/refusals/options.ts';
import type { Renderer } from '../core/render.ts';
import { createRng } from '../core/rng.ts';
import type { Attribution, Call, Completion, Unit } from '../core/types.ts';
import { type Answers, type Wanted, wantedUnder } from './answers.ts';
import { type Budget, generousTokens } from './budget.ts';
import type { Counsel } from './counsel.ts';
import { HIGHLIGHT_AT } from './highlightplan.ts';
import { type Paraphrased, paraphrased, type ParaphrasingInput } from './paraphrasing.ts';
import type { Plan } from './plan.ts';
import type { Setting } from './setting.ts';
import type { Shown } from './shown.ts';

export interface HighlightInput {
  plan: Plan;
  setting: Pick<Setting, 'weighed' | 'reference'>;
  /** Of compliance. */
  attribution: Attribution | undefined;
  shown: Shown;
  /** Of the last cut. */
  renderer: Renderer;
  answers: Answers;
  counsel: Counsel;
  budget: Budget;
  /** What asking for paraphrases takes. */
  paraphrasing: ParaphrasingInput;
}

/** Most answers of an arm that are shown. */
const SHOWN = 10;

/** How the answers of the check are sampled: at what temperature, and why at another than the call's. */
function sampling({ temperature: asked }: HighlightSpec, call: Call): { temperature: number | null; change: (call: Call) => Call; note: string[] } {
  const own = call['temperature'];
  const temperature = asked ?? (own === 0 ? 1 : typeof own === 'number' ? own : null);
  const change = (rendered: Call): Call => (temperature === null || temperature === own ? rendered : { ...rendered, temperature });
  const note = asked === null && own === 0 ? ['Answers were sampled at temperature 1: at the 0 of the call there would be one answer again and again.'] : [];
  const single = temperature === 0 ? ['Answers were sampled at temperature 0, so they are hardly independent: the intervals are too narrow.'] : [];
  return { temperature, change, note: [...note, ...single] };
}

/** The calls that are compared, each as often as it is to be answered; [] where there is no such call, null in it where one could not be made. */
function armsOf({ plan, shown, renderer }: HighlightInput, { samples }: HighlightSpec, chosen: readonly number[], change: (call: Call) => Call, rephrased: Paraphrased | null) {
  const n = shown.leaves.length;
  const inOtherWords = (sample: number): Wanted | null => {
    const call = rephrased?.call(sample);
    return call ? { call: change(call) } : null;
  };
  const times = (mask: Uint8Array): Wanted[] => Array.from({ length: samples }, () => wantedUnder(renderer, mask, change));
  const random = randomRemovals(n, chosen, samples, createRng(plan.request.seed, 'highlight'));
  return {
    unchanged: times(full(n)),
    without: chosen.length > 0 ? times(lacking(n, chosen)) : [],
    random: random.map((mask) => wantedUnder(renderer, mask, change)),
    paraphrased: rephrased ? Array.from({ length: samples }, (_, sample) => inOtherWords(sample)) : [],
  };
}

type Arms<T> = Record<keyof ReturnType<typeof armsOf>, T>;

async function tell(teller: Teller, counsel: Counsel, completions: readonly (Completion | null)[]): Promise<Trial[]> {
  await counsel.prepare(completions.flatMap((completion) => (completion ? teller.about(completion) : [])));
  return completions.map((completion) => {
    const told = completion && teller.tell(completion, counsel.advice);
    return told && completion ? { text: completion.text, told } : null;
  });
}

type Arm = Highlight['unchanged'];
type Changes = Highlight['differences']['without'];

function armShown(trials: readonly Trial[], confidence: number): Arm {
  if (trials.length === 0) return null;
  const rate = (outcome: Outcome) => {
    const { interval, ...rest } = rateOf(tallyOf(trials, outcome), confidence);
    return { ...rest, interval: [...interval] as [number, number] };
  };
  const missing = trials.filter((trial) => trial === null).length;
  return { samples: trials.length - missing, missing, refusal: rate('refusal'), attack_success: rate('attack_success'), answers: answersOf(trials).slice(0, SHOWN) };
}

function changes(first: readonly Trial[], second: readonly Trial[], confidence: number): Changes {
  if (first.length === 0 || second.length === 0) return null;
  const [refusal, success] = OUTCOMES.map((outcome) => {
    const { difference, interval } = differenceOf(tallyOf(first, outcome), tallyOf(second, outcome), confidence);
    return { difference, interval: [...interval] as [number, number] };
  });
  return refusal && success ? { refusal, attack_success: success } : null;
}

/** Highlights the units that speak most for compliance, and checks them by answers to the call without them; null where that is not asked for. */
export async function highlight(input: HighlightInput): Promise<Highlight | null> {
  const { plan, setting, attribution, shown, answers, counsel, budget } = input;
  const spec = plan.asked.highlight;
  if (!spec || !attribution) return null;
  budget.expectAnswers(generousTokens(setting.reference.text));
  budget.freePromised();
  const { alpha, confidence, told_by: toldBy } = spec;
  const chosen = highlighted(attribution, alpha);
  const { temperature, change, note } = sampling(spec, plan.call);
  const before = budget.used.calls;
  const indexes = chosen.map((position) => shown.leaves[position] ?? 0);
  const rephrased = spec.samples > 0 ? await paraphrased(plan, spec, indexes.map((index) => shown.units[index] as Unit), input.paraphrasing) : null;
  budget.expectFollowing(toldBy === 'judge' ? 1 : 0, 0);
  const arms = armsOf(input, spec, chosen, change, rephrased);
  const names = Object.keys(arms) as (keyof typeof arms)[];
  // one round for all, so that every answer waits for none but its own
  const wanted = names.flatMap((name): readonly (Wanted | null)[] => arms[name]);
  const given = (await answers.to(wanted.filter((each) => each !== null))).values();
  const trials = await tell(tellerOf(spec, HIGHLIGHT_AT), counsel, wanted.map((each) => each && (given.next().value ?? null)));
  let from = 0;
  const told = Object.fromEntries(names.map((name) => [name, trials.slice(from, (from += arms[name].length))])) as Arms<Trial[]>;
  const success = (name: keyof typeof arms): Tally | null => (told[name].length > 0 ? tallyOf(told[name], 'attack_success') : null);
  const compared = {
    unchanged: tallyOf(told.unchanged, 'attack_success'),
    without: success('without'),
    random: success('random'),
    paraphrased: success('paraphrased'),
    highlighted: chosen.length,
    rephrased: rephrased?.texts.size ?? 0,
    confidence,
  };
  return {
    attribution: plan.asked.attribution.id,
    affirmation: setting.weighed ?? null,
    alpha,
    units: chosen.map((position, at) => {
      const bounds = attribution.intervals?.[position];
      const interval: [number, number] | null = bounds && bounds.every(Number.isFinite) ? [bounds[0], bounds[1]] : null;
      const unit = indexes[at] as number;
      return { unit, score: attribution.scores[position] as number, interval, paraphrases: [...(rephrased?.texts.get(unit) ?? [])] };
    }),
    flagged: isBorneOut(compared) ? indexes : [],
    reasons: [...wordsOf(compared), ...(rephrased?.notes ?? []), ...(spec.samples > 0 ? note : [])],
    told_by: toldBy,
    temperature,
    confidence,
    unchanged: armShown(told.unchanged, confidence),
    without: armShown(told.without, confidence),
    random: armShown(told.random, confidence),
    paraphrased: armShown(told.paraphrased, confidence),
    differences: {
      without: changes(told.unchanged, told.without, confidence),
      random: changes(told.unchanged, told.random, confidence),
      paraphrased: changes(told.unchanged, told.paraphrased, confidence),
      beyond_random: changes(told.random, told.without, confidence),
    },
    calls: budget.used.calls - before,
  };
}
