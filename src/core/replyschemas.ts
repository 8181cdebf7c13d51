import { z } from 'zod';

/*
 * The three OpenAI-shaped replies, as far as an answer is read from them. Loose: servers add fields of their own, and
 * whatever is not needed is not looked at.
 */

const text = z.string();

/** Servers that speak other dialects underneath write arguments as an object instead of as JSON text. */
const argumentsText = z
  .union([text, z.looseObject({})])
  .transform((value) => (typeof value === 'string' ? value : JSON.stringify(value)));

const part = z.looseObject({ type: text.nullish(), text: text.nullish(), refusal: text.nullish() });
const content = z.union([text, z.array(part)]).nullish();
const named = z.looseObject({ name: text, arguments: argumentsText });
const toolCall = z.union([
  z.looseObject({ function: named }),
  z.looseObject({ custom: z.looseObject({ name: text, input: text }) }),
]);

const message = z.looseObject({
  content,
  refusal: text.nullish(),
  tool_calls: z.array(toolCall).nullish(),
  function_call: named.nullish(),
});

const finish = { finish_reason: text.nullish() };

/** POST /chat/completions; only the first choice is looked at. */
export const chatReply = z.looseObject({ choices: z.tuple([z.looseObject({ message, ...finish })]).rest(z.unknown()) });

/** POST /completions; only the first choice is looked at. */
export const completionsReply = z.looseObject({ choices: z.tuple([z.looseObject({ text, ...finish })]).rest(z.unknown()) });

const READ = new Set(['message', 'function_call', 'custom_tool_call']);

/** Items of other types (reasoning, searches, …) are no part of the visible answer. */
const otherItem = z
  .looseObject({ type: text.refine((type) => !READ.has(type)) })
  .transform(() => ({ type: 'other' as const }));

const outputItem = z.union([
  z.looseObject({ type: z.literal('message'), content }),
  z.looseObject({ type: z.literal('function_call'), name: text, arguments: argumentsText }),
  z.looseObject({ type: z.literal('custom_tool_call'), name: text, input: text }),
  otherItem,
]);

/** POST /responses. `output_text` is the shorthand that client libraries add. */
export const responsesReply = z.looseObject({
  output: z.array(outputItem).nullish(),
  output_text: text.nullish(),
  status: text.nullish(),
  incomplete_details: z.looseObject({ reason: text.nullish() }).nullish(),
});

export type Content = z.output<typeof content>;
export type ChatMessage = z.output<typeof message>;
export type ResponsesReply = z.output<typeof responsesReply>;
