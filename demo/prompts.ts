import { ApiError } from './api-errors.ts';
import type { Tokenizer } from './tokenizer.ts';

/** One prompt of a completions request, read. */
export interface Prompt {
  ids: number[];
  /** The prompt as it came, where it was a text. */
  text: string | null;
  /** Whether the first token is not shown in echoed text: it opens every sequence and is not part of the text. */
  hiddenBegin: boolean;
}

/** OpenAI's limit of prompts in a list. */
const MAX_PROMPTS = 2048;

function isIds(value: unknown): value is number[] {
  return Array.isArray(value) && value.length > 0 && value.every((id) => typeof id === 'number');
}

/**
 * Splits a `prompt` or `input` into its items: one text, a list of texts, one list of ids or a list of such lists.
 * @param param the field's name, for errors
 * @throws ApiError when it is none of these, or an id is not in the vocabulary
 */
export function readItems(value: unknown, param: string, vocab: number): (string | number[])[] {
  if (value === undefined) throw new ApiError(400, `Missing required parameter: '${param}'`, param, 'missing_required_parameter');
  const items: unknown[] = typeof value === 'string' || isIds(value) ? [value] : Array.isArray(value) ? value : [];
  const single = typeof value === 'string' || isIds(value);
  const texts = items.every((item) => typeof item === 'string');
  const lists = items.every(isIds);
  if (items.length === 0 || (!texts && !lists)) {
    throw new ApiError(
      400,
      `Invalid value for '${param}': a text, a list of texts, a list of token ids or a list of such lists is expected`,
      param,
      'invalid_type',
    );
  }
  if (items.length > MAX_PROMPTS) {
    throw new ApiError(400, `'${param}' holds ${items.length} items; at most ${MAX_PROMPTS} are taken`, param, 'invalid_value');
  }
  for (const [i, item] of items.entries()) {
    if (isIds(item)) checkIds(item, single ? param : `${param}[${i}]`, vocab);
  }
  return items;
}

/** @throws ApiError when one is not an id of the vocabulary */
export function checkIds(ids: readonly number[], param: string, vocab: number): void {
  const wrong = ids.findIndex((id) => !Number.isInteger(id) || id < 0 || id >= vocab);
  if (wrong >= 0) {
    const message = `${ids[wrong]} is not a token id: whole numbers from 0 to ${vocab - 1} are`;
    throw new ApiError(400, message, `${param}[${wrong}]`, 'invalid_value');
  }
}

/**
 * The token ids of one prompt. `<|begin|>` goes in front of a text unless `addBegin` is false; ids are taken as they are.
 * @throws ApiError for a prompt without any token
 */
export function readPrompt(tokenizer: Tokenizer, item: string | number[], addBegin: boolean): Prompt {
  const begin = tokenizer.specialId('<|begin|>');
  if (typeof item !== 'string') return { ids: item, text: null, hiddenBegin: item[0] === begin };
  const ids = tokenizer.encodePrompt(item);
  if (addBegin) ids.unshift(begin);
  if (ids.length === 0) throw new ApiError(400, 'The prompt is empty and add_special_tokens is false', 'prompt', 'invalid_value');
  return { ids, text: item, hiddenBegin: addBegin };
}

/**
 * How many tokens may be generated.
 * @param asked what the caller asked for
 * @param otherwise where the caller left it open; shortened to what fits
 * @throws ApiError when prompt and answer cannot fit the context
 */
export function answerRoom(prompt: number, asked: number | undefined, otherwise: number, context: number, param: string): number {
  if (prompt + (asked ?? 0) > context) {
    const answer = asked === undefined ? '' : ` (${prompt} in the ${param}, ${asked} for the completion)`;
    throw new ApiError(
      400, `This model's maximum context length is ${context} tokens, but ${prompt + (asked ?? 0)} were requested${answer}`,
      param, 'context_length_exceeded',
    );
  }
  return asked ?? Math.min(otherwise, context - prompt);
}
