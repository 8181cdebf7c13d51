import { Refusal } from './refusal.ts';

/*
 * What OpenAI's /responses refuses with 400, as far as a call that was cut about could come to it.
 */

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
const list = (value: unknown): unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);

function refused(message: string): Refusal {
  return new Refusal(400, 'invalid_request_error', message);
}

const GIVEN = new Set(['input_text', 'input_image', 'input_file']);
const SAID = new Set(['output_text', 'refusal']);

function checkContent(content: unknown, role: unknown, said: boolean): void {
  if (typeof content === 'string') {
    if (said) throw refused('the content of an output message is a list');
    return;
  }
  if (!Array.isArray(content) || content.length === 0) throw refused('content is a text or a list that is not empty');
  const types = role === 'assistant' ? SAID : GIVEN;
  for (const part of content) {
    const type = isFields(part) ? part['type'] : null;
    if (typeof type !== 'string' || !types.has(type)) throw refused(`invalid value: ${String(type)}`);
    if (type === 'output_text' && !Array.isArray((part as Fields)['annotations'])) throw refused('missing required parameter: annotations');
  }
}

function checkItem(item: unknown, called: ReadonlySet<unknown>): void {
  if (!isFields(item)) throw refused('an item is an object');
  if ('explain' in item || 'label' in item) throw refused('unknown parameter');
  const { type = 'message', role, call_id: id } = item;
  if (type === 'message') checkContent(item['content'], role, item['id'] !== undefined);
  if (type !== 'function_call_output') return;
  if (!called.has(id)) throw refused(`no tool call found for function call output with call_id ${String(id)}`);
  if (typeof item['output'] !== 'string') checkContent(item['output'], 'tool', false);
}

/** What a tool and a choice of it have in common. */
const nameOf = ({ type, name = '' }: Fields): string => JSON.stringify([type, name]);

function checkTools({ tools, tool_choice: choice, parallel_tool_calls: parallel }: Fields): void {
  const names = new Set(list(tools).map((tool) => (isFields(tool) ? nameOf(tool) : '')));
  if (tools !== undefined && names.size === 0) throw refused('tools is empty');
  if (tools === undefined && (choice !== undefined || parallel !== undefined)) throw refused('tool_choice is only allowed with tools');
  if (!isFields(choice)) return;
  const named = choice['type'] === 'allowed_tools' ? list(choice['tools']) : [choice];
  for (const tool of named) {
    if (!isFields(tool) || !names.has(nameOf(tool))) throw refused('tool_choice names a tool that is not there');
  }
}

/** @param shortest answer in tokens that may be asked for */
export function refuseInvalid(body: Fields, shortest: number): void {
  const { input, text, max_output_tokens: most } = body;
  if (body['messages'] !== undefined || body['n'] !== undefined) throw refused('unknown parameter');
  if (typeof most === 'number' && most < shortest) throw refused(`max_output_tokens: integer below minimum value: ${shortest}`);
  if (typeof body['top_logprobs'] === 'number' && !list(body['include']).includes('message.output_text.logprobs')) throw refused('top_logprobs without include');
  if (typeof input !== 'string' && list(input).length === 0) throw refused('input is a text or a list that is not empty');
  const called = new Set(list(input).map((item) => (isFields(item) && item['type'] === 'function_call' ? item['call_id'] : null)));
  for (const item of list(input)) checkItem(item, called);
  checkTools(body);
  const format = isFields(text) ? text['format'] : null;
  if (isFields(format) && format['type'] === 'json_object' && !/json/i.test(JSON.stringify(input))) throw refused("input messages must contain the word 'json' to use text.format of type json_object");
}
