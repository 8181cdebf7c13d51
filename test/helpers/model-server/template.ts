import { END } from './tokens.ts';

type Body = Record<string, unknown>;

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map((part: { text?: unknown; refusal?: unknown }) => [part.text, part.refusal].find((text) => typeof text === 'string') ?? '<|image|>').join('');
}

/**
 * Chat template: `<|tools|>…<|end|>` when there are tools, `<|role|>text<|end|>` per message, then the open turn. `trim`:
 * an open message loses its outer whitespace.
 */
export function render(body: Body, trim = false): string {
  const messages = (body['messages'] ?? []) as { role: string; content?: unknown; tool_calls?: unknown }[];
  const open = body['continue_final_message'] === true;
  const tools = Array.isArray(body['tools']) && body['tools'].length > 0 ? `<|tools|>${JSON.stringify(body['tools'])}${END}` : '';
  const turns = messages.map((message, index) => {
    const said = textOf(message.content);
    const last = open && index === messages.length - 1;
    const text =
      (trim && last ? said.trim() : said) + (message.tool_calls === undefined ? '' : JSON.stringify(message.tool_calls));
    return `<|${message.role}|>${text}${last ? '' : END}`;
  });
  return tools + turns.join('') + (open || body['add_generation_prompt'] === false ? '' : '<|assistant|>');
}

/** An item as a message; none for what the model does not see. */
function messageOf({ type = 'message', role, content, name, arguments: given, output }: Body): object[] {
  if (type === 'message') return [{ role, content }];
  if (type === 'function_call') return [{ role: 'assistant', content: `${String(name)}(${String(given)})` }];
  return type === 'function_call_output' ? [{ role: 'tool', content: output }] : [];
}

/** What a Responses call holds, as one chat. */
export function renderResponses(body: Body): string {
  const instructions = typeof body['instructions'] === 'string' ? [{ role: 'system', content: body['instructions'] }] : [];
  const input = typeof body['input'] === 'string' ? [{ role: 'user', content: body['input'] }] : (body['input'] as Body[]).flatMap(messageOf);
  return render({ ...body, messages: [...instructions, ...input] });
}
