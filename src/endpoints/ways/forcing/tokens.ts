import type { Call } from '../../../core/types.ts';
import { malformed } from '../../http/read.ts';
import type { Errand } from '../../traffic/channel.ts';
import { endsIn, type Tokens } from '../answer-tokens.ts';
import type { Desk } from '../way.ts';
import { readIds, readPieces, readRendered } from './replies.ts';

/** Why an answer cannot be forced although it has tokens. */
export const SPLIT = 'a token that ends inside a character gets no log-probability, and the answer has one';

/**
 * An answer by itself as tokens, names of special tokens read as text; null where a token is only a part of a character.
 * llama.cpp neither lets a grammar name such a token (llama_grammar_reject_candidates_for_stack) nor shows what it was
 * given (process_token keeps probabilities of whole characters only).
 * @throws Fault malformed when the tokens do not make up the text
 */
export async function answerTokens({ channel, model }: Desk, text: string, errand: Errand): Promise<Tokens | null> {
  const body = { model, content: text, add_special: false, parse_special: false, with_pieces: true };
  const { tokens } = await channel.post({ path: '/tokenize', root: true, body }, readPieces, errand);
  const pieces = tokens.flatMap(({ piece }) => (typeof piece === 'string' ? [piece] : []));
  if (pieces.length < tokens.length) return null;
  const ends = endsIn(text, pieces);
  if (!ends) throw malformed("the answer's tokens do not make up its text");
  return { ids: tokens.map(({ id }) => id), ends: Int32Array.from(ends) };
}

/** Whether a call's prompt is something that has ids here: messages, or one text. */
export function hasIds(call: Call): boolean {
  return call['messages'] !== undefined || typeof call['prompt'] === 'string';
}

/**
 * Whether an answer begins with the message of the assistant that a call ends in. llama.cpp goes on with such a message
 * unasked and shows it again at the answer's beginning, where it would be weighed a second time.
 */
export function repeats(call: Call, answer: string): boolean {
  const messages: unknown[] = Array.isArray(call['messages']) ? call['messages'] : [];
  const last = messages.at(-1) as { role?: unknown; content?: unknown } | undefined;
  return last?.role === 'assistant' && typeof last.content === 'string' && last.content !== '' && answer.startsWith(last.content);
}

/**
 * Ids of a call's prompt as its own route renders it: the chat route reads the same body as /apply-template, and both
 * routes put the beginning of text in front and take names of special tokens for the tokens.
 * @throws Fault
 */
export async function promptIds({ channel, model }: Desk, call: Call, errand: Errand): Promise<readonly number[]> {
  let text = call['prompt'];
  if (call['messages'] !== undefined) {
    const { stream: _stream, stream_options: _options, n: _n, ...rest } = call;
    const rendered = { path: '/apply-template', root: true, body: { ...rest, model } };
    text = (await channel.post(rendered, readRendered, errand)).prompt;
  }
  const body = { model, content: text, add_special: true, parse_special: true };
  const { tokens } = await channel.post({ path: '/tokenize', root: true, body, about: call }, readIds, errand);
  if (tokens.length === 0) throw malformed('/tokenize gave no tokens');
  return tokens;
}
