import type { Call } from '../../core/types.ts';
import type { Request } from '../http/client.ts';
import { malformed, reader } from '../http/read.ts';
import type { Errand } from '../traffic/channel.ts';
import { tokenizeReply } from './replies.ts';
import type { Desk } from './way.ts';

const readTokens = reader(tokenizeReply);

function only(call: Call, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.filter((name) => call[name] !== undefined).map((name) => [name, call[name]]));
}

/** What the chat route hands to the template besides messages, and /tokenize takes only as template arguments. */
function templateArguments(call: Call): Record<string, unknown> {
  const all = { ...only(call, ['documents', 'reasoning_effort']), ...(call['chat_template_kwargs'] as object | undefined) };
  return Object.keys(all).length === 0 ? {} : { chat_template_kwargs: all };
}

function promptRequest(call: Call, model: string): Request {
  const body =
    call['messages'] === undefined
      ? { model, prompt: call['prompt'], ...only(call, ['add_special_tokens']) }
      : {
          model,
          messages: call['messages'],
          add_generation_prompt: true,
          ...only(call, [
            'add_generation_prompt',
            'continue_final_message',
            'add_special_tokens',
            'tools',
            'chat_template',
            'mm_processor_kwargs',
          ]),
          ...templateArguments(call),
        };
  return { path: '/tokenize', root: true, body };
}

function readIds(reply: object): readonly number[] {
  const { tokens } = readTokens(reply);
  // llama.cpp has a route of the same name that reads another field
  if (tokens.length === 0) throw malformed('/tokenize gave no tokens');
  return tokens;
}

/**
 * Ids of a call's prompt as its own route would render it.
 * @throws Fault
 */
export function promptIds(desk: Desk, call: Call, errand: Errand): Promise<readonly number[]> {
  return desk.channel.post(promptRequest(call, desk.model), readIds, errand);
}

/** Whether a call's prompt holds anything but text, which ids alone do not carry. */
export function hasMedia(call: Call): boolean {
  const messages: unknown[] = Array.isArray(call['messages']) ? call['messages'] : [];
  return messages.some((message) => {
    const content: unknown = typeof message === 'object' && message !== null ? (message as { content?: unknown }).content : null;
    return Array.isArray(content) && content.some((part: { type?: unknown }) => part.type !== 'text' && part.type !== 'refusal');
  });
}
