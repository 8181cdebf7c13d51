import type { ZodType } from 'zod';
import type { Completion, Opening, Outcome, Target, TargetSpec, TokenGrid, Values } from './types.ts';

/*
 * What turns outcomes into values, and whom it may ask for that. Part of the vocabulary of types.ts, which gives it on.
 */

/**
 * Something that a scorer must ask somebody about answers that are there already. What comes back is one number:
 *
 * similarity   of the meanings of two texts, within [−1, 1]; symmetric
 * entailment   P(the hypothesis follows from the premise)
 * contradiction P(the hypothesis cannot be true when the premise is)
 * grade        how far the answer says the same as the reference, within [0, 1], in `grades` steps
 * preference   P(the first text is preferred to the second), shown in this order
 * refusal      P(the answer declines to do what was asked)
 */
export type Consultation =
  | { kind: 'similarity'; first: string; second: string }
  | { kind: 'entailment'; premise: string; hypothesis: string }
  | { kind: 'contradiction'; premise: string; hypothesis: string }
  | { kind: 'grade'; reference: string; answer: string; criteria: string; grades: number }
  | { kind: 'preference'; first: string; second: string; criteria: string }
  | { kind: 'refusal'; answer: string; criteria: string };

/** What was said to a consultation; NaN where it failed or was not asked. */
export type Advice = (consultation: Consultation) => number;

/** Whom a scorer asks, and how much: known before anything is asked, so that the plan can refuse and count. */
export interface Consulting<O> {
  /** None: with these options nobody is asked. */
  kinds(options: O): readonly Consultation['kind'][];
  /** Things asked for each outcome and target, about. */
  each(options: O): number;
  /** Things asked once for each target, about. */
  once: number;
  /** What must be asked before these outcomes can be scored; the same may be there twice. Pure. */
  about(input: ScoreInput, options: O): readonly Consultation[];
}

/** How far apart two computations of one token's log-probability are on a server, by its arithmetic alone. */
export interface TokenNoise {
  /** Standard deviation of their difference, in nats. */
  sd: number;
  /** From how many differences. */
  seen: number;
}

/** A text with the tokens that it is weighed by. */
export interface Weighable {
  text: string;
  grid: TokenGrid;
}

/** What all evaluations of a job rest on. */
export interface Basis {
  reference: Completion;
  /** Present when outcomes are weighed: of the completion, or of what the scorer weighs in its place. */
  grid: TokenGrid | null;
  /** What was weighed in the place of the completion, where something was. */
  weighed?: string | undefined;
  /** The completions with the foils in the place of the target, in the order of the scorer's foils. */
  others?: readonly Weighable[] | undefined;
  /** What answers to the unperturbed call begin with, when outcomes are openings. */
  opening?: readonly Opening[] | undefined;
  /** How exactly log-probabilities are weighed; left out: that is not known, or nothing is weighed. */
  tokenNoise?: TokenNoise | undefined;
}

export interface ScoreInput extends Basis {
  targets: readonly Target[];
  outcomes: readonly Outcome[];
  /** For scorers that consult. Left out: nobody said anything. */
  advice?: Advice;
}

/** What a scorer must be fed: a weighed completion, the first token's alternatives, or regenerated text. */
export type Need = 'likelihood' | 'opening' | 'text';

/** All that an endpoint can be good for: outcomes of a kind, and advice of a kind. */
export type Feed = Need | Consultation['kind'];

export interface Scorer<O = unknown> {
  id: string;
  title: string;
  options: ZodType<O>;
  needs: Need;
  /** Unit of the value, shown in the result. `rate`: 0 or 1 for one answer, so that a mean over answers is a proportion. */
  unit(options: O): 'nats' | 'probability' | 'log-odds' | 'similarity' | 'rate';
  /** Texts that are weighed in the place of the one target, beside it: an evaluation more per mask each. Left out: none. */
  foils?(options: O): readonly string[];
  /** The text that is weighed in the place of the completion. Left out: the completion itself. */
  weighs?(options: O): string;
  /** The completion and its targets have no part in the values. Left out: the values are of them. */
  regardless?: true;
  /** Left out: it asks nobody. */
  consults?: Consulting<O>;
  /** Why it cannot score these targets, before anything is asked; null when it can. Left out: it scores any. @throws ProblemError invalid_pattern */
  unfit?(specs: readonly TargetSpec[], options: O): string | null;
  /** Called as soon as the completion is known, and again with all of the basis. @throws ProblemError where it cannot score these targets */
  refuse?(basis: Basis, targets: readonly Target[], options: O): void;
  /** [outcome][target]; NaN where the outcome or its advice failed. Pure: no model call, so later targets are free. */
  score(input: ScoreInput, options: O): Values;
  /** Every value is 0 or 1, so that the mean of several samples is a rate. Left out: it is not. */
  rate?: true;
  /** How many of the log-probabilities behind these values are only a bound. Left out: none can be. */
  censored?(input: ScoreInput, options: O): number;
  /** How far an answer moved away from that to the unchanged call, where that is not the value lost on the way. */
  moved?(whole: number, value: number, options: O): number;
  /** What a reader of these values should know of them, in plain words. */
  notes?(input: ScoreInput, options: O): string[];
}
