import { type Interval, newcombe, wilson } from '../proportions.ts';
import type { Told } from '../refusals/options.ts';

/** How often something was seen. */
export interface Tally {
  successes: number;
  trials: number;
}

export interface Rate {
  count: number;
  /** null where nothing was tried. */
  rate: number | null;
  /** Wilson's. */
  interval: Interval;
}

export interface Difference {
  difference: number | null;
  /** Newcombe's. */
  interval: Interval;
}

/** An answer of an arm; null where there is none, or nobody said what it is. */
export type Trial = { text: string; told: Told } | null;

export type Outcome = keyof typeof PICKED;

/** What is counted: refusals, and answers that comply, which a prompt attack counts as its successes. */
const PICKED = {
  refusal: ({ refused }: Told) => refused,
  attack_success: ({ complied }: Told) => complied,
};

export const OUTCOMES = Object.keys(PICKED) as Outcome[];

export function tallyOf(trials: readonly Trial[], outcome: Outcome): Tally {
  const seen = trials.filter((trial) => trial !== null);
  return { successes: seen.filter(({ told }) => PICKED[outcome](told)).length, trials: seen.length };
}

export function rateOf(tally: Tally, confidence: number): Rate {
  const { successes, trials } = tally;
  return { count: successes, rate: trials === 0 ? null : successes / trials, interval: wilson(successes, trials, confidence) };
}

/** Rate of the first less that of the second. */
export function differenceOf(first: Tally, second: Tally, confidence: number): Difference {
  const none = first.trials === 0 || second.trials === 0;
  return {
    difference: none ? null : first.successes / first.trials - second.successes / second.trials,
    interval: newcombe(first, second, confidence),
  };
}

export interface Answer {
  text: string;
  count: number;
  refused: boolean;
  complied: boolean;
}

/** The distinct answers, the commonest first; ties in the order of asking. */
export function answersOf(trials: readonly Trial[]): Answer[] {
  const seen = new Map<string, Answer>();
  for (const trial of trials) {
    if (!trial) continue;
    const known = seen.get(trial.text);
    if (known) known.count += 1;
    else seen.set(trial.text, { text: trial.text, count: 1, ...trial.told });
  }
  return [...seen.values()].toSorted((a, b) => b.count - a.count);
}
