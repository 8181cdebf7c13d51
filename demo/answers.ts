import type { JobResult } from './jobs.ts';
import type { Tokenizer } from './tokenizer.ts';

/** What the caller sees of one generated answer. */
export interface Answer {
  text: string;
  /** Tokens of `text`: the end token and what a stop text cut off left out. */
  visible: number[];
  /** Where each visible token starts in `text`, in Unicode code points. */
  offsets: number[];
  /** Tokens that log-probabilities are told of: the visible ones, or the end token of an answer that ends at once, as vLLM does. */
  told: number[];
  /** All generated tokens, the end token included. */
  all: number[];
  finish: 'stop' | 'length';
}

/** Length in Unicode code points. */
export function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** Reads the generated tokens of a result. */
export function readAnswer(tokenizer: Tokenizer, result: JobResult): Answer {
  const all = Array.from(result.ids);
  const spoken = result.ended ? all.slice(0, -1) : all;
  const text = tokenizer.decode(spoken).slice(0, result.cut ?? undefined);
  const offsets = tokenizer.offsets(spoken);
  const length = codePoints(text);
  const count = result.cut === null ? spoken.length : offsets.filter((offset) => offset < length).length;
  const visible = spoken.slice(0, count);
  return { text, visible, offsets: offsets.slice(0, count), told: visible.length === 0 && result.ended ? all : visible, all, finish: result.finish };
}

export interface Usage {
  prompt_tokens: number;
  completion_tokens: number;
  total_tokens: number;
  prompt_tokens_details: { cached_tokens: number };
}

/**
 * Tokens of a request. A prompt counts once however many choices were asked of it; the end token counts as generated.
 * @param results in the order of prompts, then of choices
 */
export function countUsage(prompts: readonly (readonly number[])[], results: readonly JobResult[]): Usage {
  const choices = results.length / prompts.length;
  const prompt = prompts.reduce((sum, ids) => sum + ids.length, 0);
  const completion = results.reduce((sum, result) => sum + result.ids.length, 0);
  const cached = results.reduce((sum, result, i) => sum + (i % choices === 0 ? result.cached : 0), 0);
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: cached },
  };
}
