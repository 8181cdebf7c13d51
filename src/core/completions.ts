import type { ZodType } from 'zod';
import { faultAt, type ProblemError } from '../errors.ts';
import { chatReply, completionsReply, responsesReply } from './replyschemas.ts';
import type { ChatMessage, Content, ResponsesReply } from './replyschemas.ts';
import { toolCallsText } from './toolcalls.ts';
import type { Completion, ToolCall } from './types.ts';

function refused(message: string): ProblemError {
  return faultAt('validation_failed', '/completion', message);
}

/** @throws ProblemError that names the place, never what stands there: it is the caller's data. */
function read<T>(schema: ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw refused(`cannot be read as a reply: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim());
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Parts of the visible answer; thinking, images and sound are none. */
function textOf(content: Content, field: 'text' | 'refusal'): string {
  if (typeof content === 'string') return field === 'text' ? content : '';
  const types = field === 'text' ? ['text', 'output_text'] : ['refusal'];
  return (content ?? []).map((part) => (types.includes(part.type ?? 'text') ? (part[field] ?? '') : '')).join('');
}

/** Models put line breaks before tool calls: with calls, blank text is no text. */
function completion(content: string, refusal: string, toolCalls: readonly ToolCall[], finishReason: string | null): Completion {
  const said = content === '' ? refusal : content;
  const text = toolCalls.length > 0 && said.trim() === '' ? toolCallsText(toolCalls) : said;
  return { text, toolCalls, finishReason };
}

function callsOf(message: ChatMessage): ToolCall[] {
  const calls = (message.tool_calls ?? []).map((call): ToolCall => {
    if ('function' in call) return pick((call as { function: ToolCall }).function);
    const custom = (call as { custom: { name: string; input: string } }).custom;
    return { name: custom.name, arguments: custom.input };
  });
  return calls.length === 0 && message.function_call ? [pick(message.function_call)] : calls;
}

function pick(call: ToolCall): ToolCall {
  return { name: call.name, arguments: call.arguments };
}

function fromChoices(value: unknown, first: unknown): Completion {
  if (isObject(first) && 'message' in first) {
    const { message, finish_reason: reason } = read(chatReply, value).choices[0];
    const refusal = message.refusal ?? textOf(message.content, 'refusal');
    return completion(textOf(message.content, 'text'), refusal, callsOf(message), reason ?? null);
  }
  if (isObject(first) && 'delta' in first) throw refused('is a chunk of a stream; send the whole reply, or its text');
  const choice = read(completionsReply, value).choices[0];
  return completion(choice.text, '', [], choice.finish_reason ?? null);
}

/** The words of chat completions, so that a finish reason means one thing. */
function reasonOf(reply: ResponsesReply, called: boolean): string | null {
  const reason = reply.incomplete_details?.reason ?? reply.status ?? null;
  if (reason === 'max_output_tokens') return 'length';
  if (reason === 'completed') return called ? 'tool_calls' : 'stop';
  return reason;
}

/** Of a response that is still being made, or never was. */
const UNFINISHED = new Set(['queued', 'in_progress', 'failed', 'cancelled']);

function fromResponses(value: unknown): Completion {
  const reply = read(responsesReply, value);
  if (UNFINISHED.has(reply.status ?? '')) throw refused('is a response that is not completed');
  const toolCalls: ToolCall[] = [];
  let text = '';
  let refusal = '';
  for (const item of reply.output ?? []) {
    if (item.type === 'message') {
      text += textOf(item.content, 'text');
      refusal += textOf(item.content, 'refusal');
    } else if (item.type === 'function_call') toolCalls.push(pick(item));
    else if (item.type === 'custom_tool_call') toolCalls.push({ name: item.name, arguments: item.input });
  }
  return completion(text === '' ? (reply.output_text ?? '') : text, refusal, toolCalls, reasonOf(reply, toolCalls.length > 0));
}

/**
 * Reads what a caller posts as `completion`: a string, or the whole reply of /chat/completions, /completions (of both
 * the first choice) or /responses. The text is the visible answer: text content, else a refusal, else the tool calls
 * as `toolCallsText` writes them. An empty answer is an answer.
 * @throws ProblemError validation_failed at /completion when it is none of these
 */
export function completionFrom(value: unknown): Completion {
  if (typeof value === 'string') return { text: value, toolCalls: [], finishReason: null };
  if (!isObject(value)) throw refused('must be a string or the reply of an OpenAI-compatible endpoint');
  if (isObject(value.error)) throw refused('is an error, not a completion');
  if (Array.isArray(value.choices)) return fromChoices(value, value.choices[0]);
  if (Array.isArray(value.output) || typeof value.output_text === 'string') return fromResponses(value);
  throw refused('has neither `choices` nor `output`, so it is no reply of /chat/completions, /completions or /responses');
}
