import { ApiError } from './api-errors.ts';
import type { Tokenizer } from './tokenizer.ts';

/** A message as it came in, its text not yet joined. */
export interface ChatMessage {
  role: string;
  content: string | readonly { type: string; text: string }[];
}

export interface TemplateOptions {
  /** Open the assistant's turn at the end. */
  addGenerationPrompt: boolean;
  /** Leave the last message open, for the model to go on with it. */
  continueFinalMessage: boolean;
}

const TURNS: Readonly<Record<string, string>> = {
  system: '<|system|>',
  developer: '<|system|>',
  user: '<|user|>',
  assistant: '<|assistant|>',
};

/**
 * The text of a message: its parts one after the other, with a newline between two that have none on either side of the
 * boundary. Empty parts leave no trace.
 */
export function joinParts(content: ChatMessage['content']): string {
  if (typeof content === 'string') return content;
  return content.reduce((text, part) => {
    const apart = text === '' || part.text === '' || text.endsWith('\n') || part.text.startsWith('\n');
    return text + (apart ? '' : '\n') + part.text;
  }, '');
}

/**
 * Token ids of a conversation: `<|begin|>`, then every turn as its opening token, its text and `<|end|>`. The text of a
 * message is text only: it cannot open or close a turn.
 * @throws ApiError for a role that the model was not trained on, or a message that cannot be continued
 */
export function renderChat(tokenizer: Tokenizer, messages: readonly ChatMessage[], options: TemplateOptions): number[] {
  if (options.addGenerationPrompt && options.continueFinalMessage) {
    throw new ApiError(400, 'continue_final_message and add_generation_prompt exclude each other', 'continue_final_message');
  }
  if (options.continueFinalMessage && messages.at(-1)?.role !== 'assistant') {
    throw new ApiError(400, 'continue_final_message needs a last message of the assistant', 'continue_final_message');
  }
  const end = tokenizer.specialId('<|end|>');
  const ids = [tokenizer.specialId('<|begin|>')];
  for (const [i, message] of messages.entries()) {
    const turn = Object.hasOwn(TURNS, message.role) ? TURNS[message.role] : undefined;
    if (turn === undefined) {
      const known = Object.keys(TURNS).join(', ');
      const reason = `This model knows no role '${message.role}', only ${known}`;
      throw new ApiError(400, reason, `messages[${i}].role`, 'invalid_value');
    }
    ids.push(tokenizer.specialId(turn), ...tokenizer.encode(joinParts(message.content)));
    const open = options.continueFinalMessage && i === messages.length - 1;
    if (!open) ids.push(end);
  }
  if (options.addGenerationPrompt) ids.push(tokenizer.specialId('<|assistant|>'));
  return ids;
}
