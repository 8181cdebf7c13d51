import type { ZodType } from 'zod';
import { ProblemError } from '../errors.ts';
import { counterparts } from './counterpart.ts';
import { nearest } from './text/nearest.ts';
import type { Consultation, Consulting, Outcome, ScoreInput, Scorer } from './types.ts';

/** A comparison of two texts that somebody else makes. */
export interface PairMetric<O> extends Pick<Consulting<O>, 'each' | 'once'>, Pick<Scorer<O>, 'moved'> {
  kinds: readonly Consultation['kind'][];
  id: string;
  title: string;
  options: ZodType<O>;
  unit: Scorer<O>['unit'];
  /**
   * Where a target has several counterparts in an answer: ask about all of them and take the highest value, or only
   * about the one that shares most characters with the target, since every question costs.
   */
  candidates: 'all' | 'nearest';
  /** Value of a text that is the target's own, which nobody is asked about. */
  same(options: O): number;
  /** Value of an answer that is empty or has no counterpart. */
  none(options: O): number;
  /** What is asked about a target and another text, neither empty. */
  ask(reference: string, candidate: string, options: O): readonly Consultation[];
  /** The value from what was said, in the order of `ask`. NaN when any of it is. */
  value(said: readonly number[], options: O): number;
}

const UNFIT = 'a scorer that compares answers needs answers; these evaluations hold log-probabilities';

/** Whitespace at the ends and the spelling of one character say nothing; half a surrogate pair cannot be sent. */
function plain(text: string): string {
  return text.trim().normalize('NFC').toWellFormed();
}

/** A comparison: settled by itself, or by what is said about these pairs. */
type Pairing = number | readonly (readonly [string, string])[];

function pairing<O>(metric: PairMetric<O>, reference: string, found: readonly string[], options: O): Pairing {
  const wanted = plain(reference);
  const texts = [...new Set(found.map(plain))];
  if (texts.includes(wanted)) return metric.same(options);
  const candidates = texts.filter((text) => text !== '');
  if (wanted === '' || candidates.length === 0) return metric.none(options);
  const asked = metric.candidates === 'all' ? candidates : [nearest(wanted, candidates) as string];
  return asked.map((candidate) => [wanted, candidate] as const);
}

/** [outcome][target]; null where the outcome failed. */
function pairings<O>(metric: PairMetric<O>, { targets, outcomes }: ScoreInput, options: O): (Pairing[] | null)[] {
  const parts = counterparts(targets);
  return outcomes.map((outcome: Outcome) => {
    if (outcome.kind === 'failed') return null;
    if (outcome.kind !== 'generated') throw new ProblemError('evaluations_missing', UNFIT);
    return parts.map((part) => pairing(metric, part.reference, part.of(outcome.completion), options));
  });
}

/**
 * A scorer of regenerated text that asks somebody about each target and its counterpart in the answer. Nobody is asked
 * about the same text, an empty one or none; NaN where the outcome or any advice failed.
 */
export function pairScorer<O>(metric: PairMetric<O>): Scorer<O> {
  const { id, title, options, unit, kinds, each, once } = metric;
  return {
    id,
    title,
    options,
    needs: 'text',
    unit,
    ...(metric.moved ? { moved: metric.moved } : {}),
    consults: {
      kinds: () => kinds,
      each,
      once,
      about: (input, given) =>
        pairings(metric, input, given).flatMap((row) =>
          (row ?? []).flatMap((pair) => (typeof pair === 'number' ? [] : pair.flatMap(([a, b]) => metric.ask(a, b, given)))),
        ),
    },
    score(input, given) {
      const advice = input.advice ?? (() => Number.NaN);
      const valued = ([a, b]: readonly [string, string]) => metric.value(metric.ask(a, b, given).map(advice), given);
      return pairings(metric, input, given).map((row) => {
        if (!row) return new Float64Array(input.targets.length).fill(Number.NaN);
        return Float64Array.from(row, (pair) => (typeof pair === 'number' ? pair : Math.max(...pair.map(valued))));
      });
    },
  };
}
