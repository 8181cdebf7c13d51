import type { Answer } from './answers.ts';
import { codePoints } from './answers.ts';
import type { Scores } from './jobs.ts';
import type { Prompt } from './prompts.ts';
import type { Tokenizer } from './tokenizer.ts';

/** How tokens are named in a response. */
export interface TokenNames {
  of(id: number): string;
  /** A token that has no text in the echoed prompt. */
  hidden(id: number): string;
}

/** By their text, or as `token_id:5`, which tells tokens of equal text apart. */
export function tokenNames(tokenizer: Tokenizer, asIds: boolean): TokenNames {
  const byId = (id: number): string => `token_id:${id}`;
  return asIds ? { of: byId, hidden: byId } : { of: (id) => tokenizer.textOf(id), hidden: () => '' };
}

interface Ranked {
  id: number;
  logprob: number;
}

/** Up to `limit` alternatives at entry `at`, most probable first. */
function alternatives(scores: Scores, at: number, limit: number): Ranked[] {
  const top = scores.logprobs.length === 0 ? 0 : scores.topIds.length / scores.logprobs.length;
  return Array.from({ length: Math.min(top, limit) }, (_, i) => {
    return { id: scores.topIds[at * top + i]!, logprob: scores.topLogprobs[at * top + i]! };
  });
}

export interface LegacyLogprobs {
  tokens: string[];
  token_logprobs: (number | null)[];
  top_logprobs: (Record<string, number> | null)[];
  text_offset: number[];
}

/** Where the tokens of a prompt start in its echoed text, in Unicode code points. */
function promptOffsets(tokenizer: Tokenizer, prompt: Prompt): number[] {
  return prompt.hiddenBegin ? [0, ...tokenizer.offsets(prompt.ids.slice(1))] : tokenizer.offsets(prompt.ids);
}

/** The echoed text of a prompt: the very text it came as, or its ids decoded. */
export function echoText(tokenizer: Tokenizer, prompt: Prompt): string {
  return prompt.text ?? tokenizer.decode(prompt.hiddenBegin ? prompt.ids.slice(1) : prompt.ids);
}

/**
 * Log-probabilities in the shape of the completions API. The first token of an echoed prompt has null: nothing stands
 * before it. Every dictionary holds the token itself, even below the alternatives; of two tokens with the same name the
 * more probable one stays, but the token itself always does.
 * @param top alternatives per token
 * @param echoed the prompt and its scores, where it is echoed
 */
export function legacyLogprobs(
  tokenizer: Tokenizer, names: TokenNames, top: number, echoed: { prompt: Prompt; scores: Scores } | null,
  answer: Answer, scores: Scores,
): LegacyLogprobs {
  const out: LegacyLogprobs = { tokens: [], token_logprobs: [], top_logprobs: [], text_offset: [] };
  const push = (id: number, offset: number, from: Scores, at: number): void => {
    const logprob = from.logprobs[at]!;
    const dictionary = new Map<string, number>();
    for (const other of alternatives(from, at, top)) {
      if (!dictionary.has(names.of(other.id))) dictionary.set(names.of(other.id), other.logprob);
    }
    dictionary.set(names.of(id), logprob);
    out.tokens.push(names.of(id));
    out.token_logprobs.push(logprob);
    out.top_logprobs.push(Object.fromEntries(dictionary));
    out.text_offset.push(offset);
  };
  let start = 0;
  if (echoed !== null) {
    const { prompt } = echoed;
    const offsets = promptOffsets(tokenizer, prompt);
    out.tokens.push(prompt.hiddenBegin ? names.hidden(prompt.ids[0]!) : names.of(prompt.ids[0]!));
    out.token_logprobs.push(null);
    out.top_logprobs.push(null);
    out.text_offset.push(0);
    for (let i = 1; i < prompt.ids.length; i++) push(prompt.ids[i]!, offsets[i]!, echoed.scores, i - 1);
    start = codePoints(echoText(tokenizer, prompt));
  }
  for (const [i, id] of answer.told.entries()) push(id, start + (answer.offsets[i] ?? 0), scores, i);
  return out;
}

type PromptLogprob = Record<string, { logprob: number; rank: number; decoded_token: string }>;

/**
 * Log-probabilities of the prompt in vLLM's shape: null for the first token, then one dictionary by token id with the
 * prompt's token and the alternatives. An alternative's rank is its place.
 */
export function promptLogprobs(names: TokenNames, ids: readonly number[], scores: Scores, top: number): (PromptLogprob | null)[] {
  return ids.map((id, i) => {
    if (i === 0) return null;
    const entry: PromptLogprob = {};
    for (const [place, other] of alternatives(scores, i - 1, top).entries()) {
      entry[other.id] = { logprob: other.logprob, rank: place + 1, decoded_token: names.of(other.id) };
    }
    entry[id] = { logprob: scores.logprobs[i - 1]!, rank: scores.ranks[i - 1]!, decoded_token: names.of(id) };
    return entry;
  });
}

interface ChatToken {
  token: string;
  logprob: number;
  bytes: number[];
}

/** Log-probabilities of an answer in the shape of the chat API. */
export function chatLogprobs(
  tokenizer: Tokenizer, names: TokenNames, top: number, answer: Answer, scores: Scores,
): { content: (ChatToken & { top_logprobs: ChatToken[] })[]; refusal: null } {
  const show = ({ id, logprob }: Ranked): ChatToken => {
    return { token: names.of(id), logprob, bytes: Array.from(tokenizer.bytesOf(id)) };
  };
  const content = answer.told.map((id, i) => ({
    ...show({ id, logprob: scores.logprobs[i]! }),
    top_logprobs: alternatives(scores, i, top).map(show),
  }));
  return { content, refusal: null };
}
