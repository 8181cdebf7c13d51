import { ApiError } from './api-errors.ts';

/*
 * Fields of OpenAI's API that this model cannot honour. They are refused rather than ignored, unless their value asks
 * for nothing; fields that change nothing about the answer are let through.
 */

type Harmless = (value: unknown) => boolean;

const empty: Harmless = (value) => typeof value === 'object' && value !== null && Object.keys(value).length === 0;
const is = (...values: unknown[]): Harmless => (value) => values.includes(value);
const always: Harmless = () => true;

const textOnly: Harmless = (value) => Array.isArray(value) && value.every((item) => item === 'text');
const plainText: Harmless = (value) => typeof value === 'object' && value !== null && 'type' in value && value.type === 'text';

const FIELDS: Readonly<Record<string, Harmless>> = {
  stream: is(false),
  stream_options: empty,
  tools: empty,
  tool_choice: is('none', 'auto'),
  parallel_tool_calls: always,
  functions: empty,
  function_call: is('none', 'auto'),
  response_format: plainText,
  modalities: textOnly,
  logit_bias: empty,
  frequency_penalty: is(0),
  presence_penalty: is(0),
  repetition_penalty: is(1),
  top_k: is(0, -1),
  min_p: is(0),
  suffix: is(''),
  reasoning_effort: is('none'),
  verbosity: is('medium'),
  // These say who asks, how it is filed or paid for.
  user: always,
  metadata: always,
  store: always,
  service_tier: always,
  safety_identifier: always,
  prompt_cache_key: always,
  prompt_cache_retention: always,
};

/**
 * The body without fields that are null or change nothing.
 * @throws ApiError for a field that asks for what this model cannot do, or a body that is not an object
 */
export function withoutUnsupported(body: unknown): Record<string, unknown> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new ApiError(400, 'The body must be a JSON object', null, 'invalid_type');
  }
  const rest: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(body)) {
    if (value === null) continue;
    const harmless = Object.hasOwn(FIELDS, field) ? FIELDS[field] : undefined;
    if (harmless === undefined) rest[field] = value;
    else if (!harmless(value)) throw refusal(field);
  }
  return rest;
}

function refusal(field: string): ApiError {
  const whole = 'answers come in one piece here, without streaming';
  const reason = field === 'stream' ? whole : `'${field}' is not supported with this value`;
  return new ApiError(400, `This model cannot do that: ${reason}`, field, 'unsupported_parameter');
}
