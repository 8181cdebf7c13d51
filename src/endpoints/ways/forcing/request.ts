import type { Request } from '../../http/client.ts';
import { asLogprobs } from '../echo.ts';
import { sameIds } from '../id-lists.ts';
import type { Desk } from '../way.ts';
import type { Item } from './replies.ts';

/** What is kept of an item: without a choice the reply repeats all settings, some 4 KB a prompt. */
const RESPONSE_FIELDS = [
  'index',
  'tokens',
  'id_slot',
  'completion_probabilities',
  'tokens_evaluated',
  'tokens_predicted',
  'timings/cache_n',
];

/**
 * Has the server go on with each prompt, and only that.
 * `n_cache_reuse: 0`: else what came after a removed text would be taken from a cache that still remembers it.
 * @param slot where all prompts are to be computed; null leaves it to the server
 * @param about what the ids stand for, to be kept out of errors
 */
export function going(
  { model }: Desk,
  prompts: readonly (readonly number[])[],
  slot: number | null,
  about: unknown,
  more: { n_predict: number } & Record<string, unknown>,
): Request {
  const body = {
    model,
    prompt: prompts.length === 1 ? prompts[0] : prompts,
    temperature: 0,
    cache_prompt: true,
    n_cache_reuse: 0,
    ...(slot === null ? {} : { id_slot: slot }),
    response_fields: RESPONSE_FIELDS,
    ...more,
  };
  return { path: '/completion', root: true, body, about };
}

/**
 * Has the server generate exactly the answer after each prompt, by a grammar of token ids (one of text would leave it to
 * choose another cut), and show what each token's probability was before grammar and temperature.
 * `backend_sampling: false`: it cannot be had together with a grammar.
 */
export function forcing(
  desk: Desk,
  prompts: readonly (readonly number[])[],
  answer: readonly number[],
  slot: number | null,
  about: unknown,
): Request {
  return going(desk, prompts, slot, about, {
    n_predict: answer.length,
    grammar: `root ::= ${answer.map((id) => `<[${id}]>`).join(' ')}`,
    n_probs: 1,
    post_sampling_probs: false,
    backend_sampling: false,
    return_tokens: true,
  });
}

/**
 * Log-probability of each token of the answer, or why the item does not tell. That the tokens are there proves nothing:
 * they must be the forced ones, and each must come with its alternatives, which drafted tokens do not.
 * @throws Fault malformed for numbers that are no log-probabilities
 */
export function forcedLogprobs({ tokens, completion_probabilities: entries }: Item, answer: readonly number[]): number[] | string {
  if (!entries) return 'generated tokens come without log-probabilities';
  const said = entries.map((entry) => entry.id);
  if (!sameIds(said, answer) || !sameIds(tokens ?? said, answer)) return 'the server generated other tokens than were forced';
  if (entries.some((entry) => entry.top_logprobs.length === 0)) {
    return 'drafted tokens come without log-probabilities: the server decodes speculatively';
  }
  return asLogprobs(entries.map((entry) => entry.logprob));
}
