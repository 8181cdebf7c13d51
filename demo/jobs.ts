/*
 * What a thread is asked and what it answers. Plain data: it crosses between threads.
 */

export interface Job {
  /** The prompt, at least one token. */
  ids: Int32Array;
  /** Tokens to generate at most. */
  maxTokens: number;
  /** 0 = always the most probable token. */
  temperature: number;
  topP: number;
  /** Same seed, same prompt: same answer. A safe integer. */
  seed: number;
  /** Tells the choices of one prompt apart. */
  choice: number;
  /** The answer ends before the first of these texts. */
  stop: readonly string[];
  /** Whether the end token is a token like any other. */
  ignoreEnd: boolean;
  /** Most probable alternatives to report with each generated token, 0 for none. */
  top: number;
  /** Alternatives to report with each prompt token; null: the prompt is not scored. */
  promptTop: number | null;
  /** Whether the mean of the hidden states is asked. */
  embed: boolean;
}

/** Scores of consecutive tokens. All log-probabilities are natural, over the whole vocabulary, at temperature 1. */
export interface Scores {
  logprobs: Float64Array;
  /** 1 = most probable. */
  ranks: Int32Array;
  /** [token × top], most probable first; equal ones by id. */
  topIds: Int32Array;
  topLogprobs: Float64Array;
}

export interface JobResult {
  /** Prompt tokens whose numbers came from the prefix cache. */
  cached: number;
  /** Entry i speaks of prompt token i + 1: nothing stands before the first one. */
  prompt: Scores | null;
  /** Generated tokens; the end token that closed the answer included. */
  ids: Int32Array;
  scores: Scores;
  finish: 'stop' | 'length';
  /** Whether the last of `ids` is the end token that closed the answer. */
  ended: boolean;
  /** Length of the answer's text in UTF-16 code units where a stop text cut it, else null. */
  cut: number | null;
  /** Unit length, [width]; null unless asked. */
  embedding: Float32Array | null;
}

export type ToThread = { id: number; job: Job };
export type FromThread = { id: number; result: JobResult } | { id: number; error: string };

/** A job that asks for nothing yet. */
export function plainJob(ids: ArrayLike<number>): Job {
  return {
    ids: Int32Array.from(ids), maxTokens: 0, temperature: 0, topP: 1, seed: 0, choice: 0, stop: [],
    ignoreEnd: false, top: 0, promptTop: null, embed: false,
  };
}
