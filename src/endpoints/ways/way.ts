import type { Call, Completion, TokenGrid } from '../../core/types.ts';
import type { AskOptions, Cut, Rung, Usage } from '../../service/ports.ts';
import type { Channel, Errand } from '../traffic/channel.ts';

/** Everything about asking one endpoint for one model. */
export interface Desk {
  channel: Channel;
  model: string;
  maxBatch: number;
  concurrency: number;
}

/** A few tokens that the server generated greedily, with their log-probabilities as it gave them. */
export interface Sample {
  call: Call;
  text: string;
  logprobs: readonly number[];
  /** The first of its tokens, as the server writes it. */
  firstToken: string;
  /** Ids of what was generated and of the rendered prompt, where the server gives them. */
  ids: readonly number[] | null;
  promptIds: readonly number[] | null;
}

/** Weighs completions on a server that was seen to be able to. */
export interface Weigher {
  /** How it weighs. */
  readonly rung: Rung;
  /** @throws ProblemError, Fault */
  grid(call: Call, completion: Completion, signal: AbortSignal, onUsage?: (usage: Usage) => void): Promise<Cut>;
  /** @throws ProblemError, or the signal's reason */
  weigh(calls: readonly Call[], completion: Completion, grid: TokenGrid, options: AskOptions): Promise<void>;
}

/** What weighing the sample and another answer gave. */
export interface Trial {
  /** Of each of the sample's tokens, as they were cut to be weighed. */
  own: readonly number[];
  /** The sum over the other answer's tokens. */
  other: number;
  /** Whether lists of prompts were taken; null when not tried. */
  lists: boolean | null;
  weigher: Weigher;
  /** JSON from which `revive` makes the weigher again, in another process; undefined: every process finds out by itself. */
  recipe?: unknown;
}

/** One way to weigh a given completion. New ways of new dialects are further values of this type. */
export interface Way {
  id: string;
  title: string;
  /** What its weighers are. */
  rung: Rung;
  /** Rests on /completions echoing prompts with log-probabilities. */
  needsEcho: boolean;
  /** The route that it stands and falls with: where that does not exist, no other way by it is tried. */
  route?: string;
  /**
   * What the server goes on with after a completion prompt, at most so many tokens: for servers whose /completions show
   * no log-probabilities. @throws Fault
   */
  sample?(desk: Desk, call: Call, most: number, errand: Errand): Promise<Sample | string>;
  /** Weighs the sample as later completions will be. A text says why this server cannot. @throws Fault */
  tryOn(desk: Desk, sample: Sample, errand: Errand): Promise<Trial | string>;
  /** The weigher of a trial that was made before; null for a recipe that this release cannot read. */
  revive?(desk: Desk, recipe: unknown): Weigher | null;
}

/** Another answer than the sample's, which a model must find less likely: its characters backwards. */
export function otherAnswer(text: string): string {
  const backwards = Array.from(text).reverse().join('').trim();
  return backwards === '' || backwards === text.trim() ? ' zq#xv' : ` ${backwards}`;
}

/** The first of what was weighed, where that is as many tokens as were generated. */
export function firstOf(values: readonly number[], sample: Sample): number | null {
  return values.length === sample.logprobs.length ? (values[0] ?? null) : null;
}

export function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

/** The errand of a request that weighs one prompt for its grid: its usage counts as one call, however often it is tried. */
export function weighingErrand(channel: Channel, signal: AbortSignal, onUsage: ((usage: Usage) => void) | undefined): Errand {
  let calls = 1;
  const report = (usage: Usage): void => {
    onUsage?.({ ...usage, calls });
    calls = 0;
  };
  return { signal, patience: channel.patience(), onUsage: report };
}
