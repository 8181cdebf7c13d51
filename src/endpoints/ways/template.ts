import { z } from 'zod';
import type { Call } from '../../core/types.ts';
import { ProblemError } from '../../errors.ts';
import { reader } from '../http/read.ts';
import type { Errand } from '../traffic/channel.ts';
import { promptIds } from './tokenize.ts';
import type { Desk } from './way.ts';

/** Fields that templates may read and that /tokenize takes in another form or not at all. */
const TEMPLATE_FIELDS = [
  'tools',
  'tool_choice',
  'functions',
  'documents',
  'reasoning_effort',
  'response_format',
  'chat_template',
  'chat_template_kwargs',
];

const readPrompt = reader(z.looseObject({ prompt_token_ids: z.array(z.int()).nullish() }));

/**
 * Whether the chat route renders a call to the same tokens as /tokenize, asked only where a field of the call makes it
 * doubtful, once per job. Servers that do not show the prompt's ids are taken at their word.
 * @throws ProblemError scorer_unavailable when it does not, Fault
 */
export async function refuseOtherTemplate(desk: Desk, call: Call, errand: Errand): Promise<void> {
  if (call['messages'] === undefined || !TEMPLATE_FIELDS.some((field) => call[field] !== undefined)) return;
  const { stream: _stream, stream_options: _options, n: _n, max_completion_tokens: _most, ...rest } = call;
  const body = { ...rest, model: desk.model, max_tokens: 1, return_token_ids: true };
  const shown = await desk.channel.post({ path: '/chat/completions', body }, readPrompt, errand);
  if (!shown.prompt_token_ids) return;
  const own = await promptIds(desk, call, errand);
  if (own.length === shown.prompt_token_ids.length && own.every((id, index) => id === shown.prompt_token_ids?.[index])) return;
  throw new ProblemError(
    'scorer_unavailable',
    'the endpoint renders this call (its tools or template fields) to other tokens than can be weighed: use a text scorer',
  );
}
