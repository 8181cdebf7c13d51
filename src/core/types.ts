import type { ZodType } from 'zod';

export type { Advice, Basis, Consultation, Consulting, Feed, Need, ScoreInput, Scorer, TokenNoise, Weighable } from './scoringtypes.ts';
export type { Draft, Edit, Infiller, Infilling, Search, SearchGame, SearchRun, Sought, Trial, Trials, Wish } from './searchtypes.ts';

/*
 * Words. One word, one meaning, in code, API and docs.
 *
 * call         the model call to explain, as the OpenAI-shaped body that was sent
 * completion   what the model answered
 * unit         a half-open span of the call's input that can be taken away; a *fixed* unit never is
 * mask         which perturbable units are present (1 = present); its length is n, the number of units that are not fixed
 * perturbation the call rendered under a mask; the perturber says what stands where a unit is absent
 * evaluation   one mask asked of the endpoint; its outcome is what the endpoint showed
 * sample       one of several answers to the call under one mask; each is an evaluation of its own
 * target       the part of the completion that is explained
 * value        the number a scorer gives the model's behaviour under a mask, one per target
 * consultation something that a scorer must ask somebody about answers that are there; advice: what was said to it
 * attribution  a number per unit and target, positive where taking the unit away lowers the value
 * endpoint     a configured model server; dialect: how a server speaks; rung: how exactly it can be asked
 */

/** 1 = present. Never mutated once yielded. Length n. */
export type Mask = Uint8Array;

/** [mask][column]; NaN = could not be evaluated. Columns are targets when a method sees them. */
export type Values = readonly Float64Array[];

/** Half-open, in UTF-16 code units of the text it belongs to. */
export interface Span {
  start: number;
  end: number;
}

/** The body of a call, `explain` and `label` annotations included until it is rendered. */
export type Call = Readonly<Record<string, unknown>>;

export interface Unit {
  /** Position among all units, fixed ones included, in the order of the input. */
  index: number;
  /** The text the unit lies in, e.g. `messages[1].content[0]`, `prompt`, `tools[2]`. */
  at: string;
  role: string | null;
  /** Half-open, UTF-16 code units of the text that `at` names. The contract shows code points. */
  start: number;
  end: number;
  text: string;
  level: string;
  parent: number | null;
  label: string | null;
  fixed: boolean;
}

/** What a method plays with. It never sees a model. */
export interface Game {
  /** Number of perturbable units. */
  n: number;
  /** Number of targets: columns of Values. */
  columns: number;
  /** Tokens in each target (1 for values that are not sums over tokens); ContextCite divides by it. */
  weights: Float64Array;
  /** Parent group of each unit, where units form a hierarchy. */
  parents?: Int32Array;
  /** Seeded, uniform on [0, 1). The only randomness a method has. */
  rng: () => number;
  /**
   * For `fit`: so many of the masks, the first ones, were drawn for a game of fewer and larger units, so that units come
   * and go together in them. A regression learns from them; they are no draws of one unit at a time. Left out: none.
   */
  coarse?: number;
}

export interface Interaction {
  /** Positions among the perturbable units. */
  units: number[];
  score: number;
  reading: 'either suffices' | 'both needed' | 'independent';
}

/** One target's attribution. Arrays have length n (perturbable units only). */
export interface Attribution {
  /** NaN where the unit could not be evaluated. */
  scores: Float64Array;
  /** [low, high] per unit at the asked confidence; absent where the method has none. */
  intervals?: (readonly [number, number])[];
  /** Predicted value when nothing is taken away: prediction(m) = intercept − Σ over absent i of scores[i] (− interactions). */
  intercept: number;
  interactions?: Interaction[];
}

/** What a method yields: masks to evaluate, and what it would say if it had to stop now (one attribution per target). */
export interface Round {
  masks: readonly Mask[];
  soFar?: readonly Attribution[];
}

export interface Finding {
  /** One per target. */
  attributions: readonly Attribution[];
  stopped: 'done' | 'settled' | 'budget';
}

/** Yields rounds, is sent the values of the round's masks in the same order. */
export type Run = Generator<Round, Finding, Values>;

export interface Method<O = unknown> {
  id: string;
  title: string;
  /** Every field has a default, so `{}` is valid. */
  options: ZodType<O>;
  /** The likelihood transform that the method's source prescribes, when the caller leaves it open. */
  transform?: Transform;
  /**
   * Evaluations the method asks at most. `budget` is what it may ask (Infinity when open): a method whose sample
   * size is free fits itself to it, one whose design is fixed returns its true need and the plan refuses.
   */
  evaluations(n: number, options: O, budget: number): number;
  /** `budget` as above: never yields more masks than `evaluations(n, options, budget)`. */
  run(game: Game, options: O, budget: number): Run;
  /** Fits any stored evaluations, where the method is a regression; others are replayed from the store. */
  fit?(game: Game, masks: readonly Mask[], values: Values, options: O): readonly Attribution[];
  /** Whether `fit` to all that a run asked says what the run said: a later target is then fitted at once, not round by round. */
  refits?: boolean;
  /**
   * Where every score is the value of one mask less that of another: the two masks of each unit. Sampling noise then
   * has intervals of its own (core/sampling/differences.ts) and need not be propagated through the method.
   */
  differences?(n: number, options: O): readonly (readonly [Mask, Mask])[];
}

export interface Segmenter<O = unknown> {
  id: string;
  title: string;
  options: ZodType<O>;
  /** `level` of the units it makes. */
  level: string;
  /** Ordered, disjoint, covers the whole text, never cuts a grapheme. [] for the empty text. @throws ProblemError invalid_pattern */
  segment(text: string, options: O): Span[];
}

export interface Perturber<O = unknown> {
  id: string;
  title: string;
  options: ZodType<O>;
  /** What stands where each unit is absent, one text per unit (fixed ones too, unused). */
  replacements(units: readonly Unit[], options: O): string[];
  /** Whether the whitespace around an absent unit is mended. */
  repair(options: O): boolean;
  /** Whether neighbouring replacements become one; left out: never. */
  collapse?(options: O): boolean;
  /** Stands in for a message that lost all its text, where an endpoint refuses empty content. */
  emptyForm(options: O): string;
}

/** log_prob_sum and the others: how a target's token log-probabilities become one number. methods.md section 1. */
export type Transform = 'log_prob_sum' | 'log_prob_mean' | 'prob_geo_mean' | 'prob_prod' | 'log_odds';

export interface ToolCall {
  name: string;
  /** The arguments as the model wrote them, normally JSON. */
  arguments: string;
}

/** A model's answer, free of any dialect. */
export interface Completion {
  /** The visible answer: text content, or the tool calls as one JSON line each when there is no text. */
  text: string;
  toolCalls: readonly ToolCall[];
  finishReason: string | null;
}

export type TargetSpec =
  | { kind: 'completion' }
  | { kind: 'sentences' }
  | { kind: 'span'; start: number; end: number }
  | { kind: 'match'; pattern: string }
  | { kind: 'json'; pointer: string }
  | { kind: 'tool_call'; name: string; pointer?: string | undefined };

/** A resolved target: one span of the completion's text. */
export interface Target {
  index: number;
  spec: TargetSpec;
  /** UTF-16 code units of completion.text. The contract shows code points. */
  start: number;
  end: number;
  text: string;
}

/** A token that an answer may begin with. */
export interface Opening {
  /** Its text. A byte that is no whole character is written as `<0xE6>`, U+FFFD stands for bytes that are not known. */
  token: string;
  /** Natural-log probability over the whole vocabulary, before temperature, penalties and masks. */
  logprob: number;
}

/** How far a new answer was the given one. */
export interface Aligned {
  /** The token of the given answer in which the new one is another. */
  divergence: number;
  /** Tokens that are measured, from the first on: up to the divergence, and at it where the given token was shown. The next one has a bound, the others a floor. */
  known: number;
}

/** What the endpoint showed under one mask. */
export type Outcome =
  | {
      kind: 'weighed';
      /** Natural-log probability of each token of the reference completion, given the call and the tokens before. */
      logprobs: Float64Array;
      /** The same of every foil, each on its own grid; left out where there is none. */
      others?: readonly Float64Array[];
      /** Where a new answer was followed instead of weighing the given one; left out: every token is measured. */
      aligned?: Aligned;
    }
  | { kind: 'generated'; completion: Completion }
  | {
      kind: 'opened';
      /** The most probable first tokens of an answer, the most probable first; never empty. */
      top: readonly Opening[];
    }
  | { kind: 'failed'; reason: string };

/** The completion cut into the tokens that the endpoint weighed: `ends[i]` is where token i ends in completion.text (UTF-16). */
export interface TokenGrid {
  ends: Int32Array;
}
