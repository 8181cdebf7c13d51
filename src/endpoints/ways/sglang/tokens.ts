import { z } from 'zod';
import type { Call } from '../../../core/types.ts';
import { malformed, reader } from '../../http/read.ts';
import type { Errand } from '../../traffic/channel.ts';
import { endsOfPrefixes, type Tokens } from '../answer-tokens.ts';
import { detokenizeReply, tokenizeReply } from '../replies.ts';
import type { IdSource } from '../sequences/sequence.ts';
import type { Desk } from '../way.ts';

const readTokens = reader(tokenizeReply);
const readText = reader(detokenizeReply);

const ids = z.array(z.int().nonnegative());
const readPrompt = reader(z.looseObject({ choices: z.array(z.looseObject({ prompt_token_ids: ids.nullish() })).min(1), prompt_token_ids: ids.nullish() }));

/** Fields that would change how much is generated, or in what form. */
const LEFT_OUT = new Set(['stream', 'stream_options', 'n', 'max_completion_tokens', 'min_tokens', 'logprobs', 'top_logprobs', 'response_format']);

async function textIds({ channel, model }: Desk, text: string, special: boolean, errand: Errand): Promise<readonly number[]> {
  const body = { model, prompt: text, add_special_tokens: special };
  const { tokens } = await channel.post({ path: '/tokenize', root: true, body }, readTokens, errand);
  if (tokens.length === 0) throw malformed('/tokenize gave no tokens');
  return tokens;
}

/**
 * SGLang's /tokenize knows texts only. A chat is rendered by the route that answers it, which shows the ids of its prompt
 * (from 0.5.13 on); that the prompt is read for it is no loss, since weighing finds it in the cache.
 */
async function prompt(desk: Desk, call: Call, errand: Errand): Promise<readonly number[]> {
  if (call['messages'] === undefined) {
    if (typeof call['prompt'] !== 'string') throw malformed('only a prompt that is one text has ids here');
    return textIds(desk, call['prompt'], true, errand);
  }
  const kept = Object.fromEntries(Object.entries(call).filter(([name]) => !LEFT_OUT.has(name)));
  const body = { ...kept, model: desk.model, max_tokens: 1, return_prompt_token_ids: true };
  const reply = await desk.channel.post({ path: '/chat/completions', body }, readPrompt, errand);
  const found = reply.choices[0]?.prompt_token_ids ?? reply.prompt_token_ids;
  if (!found || found.length === 0) throw malformed('the chat route does not show the ids of its prompt');
  return found;
}

/** An answer by itself; its tokens' texts come from all prefixes in one request. */
async function answer(desk: Desk, text: string, errand: Errand): Promise<Tokens> {
  const found = await textIds(desk, text, false, errand);
  const body = { model: desk.model, tokens: found.map((_, index) => found.slice(0, index + 1)), skip_special_tokens: false };
  const { text: prefixes } = await desk.channel.post({ path: '/detokenize', root: true, body, about: text }, readText, errand);
  if (!Array.isArray(prefixes) || prefixes.length !== found.length) throw malformed('/detokenize gave not one text for each list');
  return { ids: found, ends: Int32Array.from(endsOfPrefixes(text, prefixes)) };
}

export const sglangTokens: IdSource = { prompt, evaluates: (call) => call['messages'] !== undefined, answer };
