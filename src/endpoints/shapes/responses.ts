import { z } from 'zod';
import type { Call } from '../../core/types.ts';
import { malformed, reader } from '../http/read.ts';
import { generated, shownToken } from './choices.ts';
import { SAMPLING, type Shape, without } from './shape.ts';

const LEFT_OUT = new Set(['stream', 'stream_options', 'background']);

const RAW = new Set([...SAMPLING, 'max_output_tokens', 'top_logprobs', 'include', 'text']);

/** What has to be included for log-probabilities to come. */
const LOGPROBS = 'message.output_text.logprobs';

const token = shownToken.extend({ top_logprobs: z.array(shownToken).nullish() });

const part = z.looseObject({ type: z.string(), logprobs: z.array(token).nullish().catch(null) });

const readOutput = reader(z.looseObject({ output: z.array(z.looseObject({ type: z.string(), content: z.array(part).nullish().catch(null) })) }));

/** A generated token with its alternatives, as a reply has it. */
export type ResponsesToken = z.output<typeof token>;

/**
 * The tokens of the answer's text with their log-probabilities. None where something else than a message comes first:
 * what follows thoughts or a tool's call depends on them, and is not what the answer begins with.
 * @throws Fault malformed
 */
export function responsesTokens(reply: object): ResponsesToken[] {
  const [first] = readOutput(reply).output;
  if (first?.type !== 'message') return [];
  return first.content?.find(({ type }) => type === 'output_text')?.logprobs ?? [];
}

function included(call: Call): unknown[] {
  const own: unknown[] = Array.isArray(call['include']) ? call['include'] : [];
  return own.includes(LOGPROBS) ? own : [...own, LOGPROBS];
}

/** `text` without the format that the answer is held to; nothing where that was all. */
function textOf({ text }: Call): { text?: object } {
  if (typeof text !== 'object' || text === null) return {};
  const kept = without(text as Call, new Set(['format']));
  return Object.keys(kept).length === 0 ? {} : { text: kept };
}

/** POST /responses. */
export const responses: Shape = {
  id: 'responses',
  name: 'responses',
  path: '/responses',
  // servers keep what is not said to be left, and nobody will ask for these again
  asked: (call) => ({ ...without(call, LEFT_OUT), store: false }),
  lists: null,
  answers(reply, count) {
    if (count !== 1) throw malformed('a reply of /responses answers one call');
    return [generated(reply)];
  },
  opening: {
    // OpenAI wants answers of 16 tokens at least
    forms: [
      { top: 20, length: 'max_output_tokens', tokens: 1 },
      { top: 20, length: 'max_output_tokens', tokens: 16 },
      { top: 5, length: 'max_output_tokens', tokens: 16 },
      { top: 1, length: 'max_output_tokens', tokens: 16 },
    ],
    body: (call, { top, length, tokens }) => ({
      ...without(call, RAW),
      ...textOf(call),
      include: included(call),
      [length]: tokens,
      temperature: 1,
      top_p: 1,
      top_logprobs: top,
    }),
    read: (reply) => [responsesTokens(reply)[0]?.top_logprobs ?? []],
    spoken: (reply) => [responsesTokens(reply).map(({ top_logprobs: top, ...own }) => ({ ...own, top: top ?? [] }))],
  },
};
