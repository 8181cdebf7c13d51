import { z } from 'zod';
import { ApiError } from './api-errors.ts';
import { withoutUnsupported } from './unsupported.ts';

const texts = z.string().min(1, 'a stop text cannot be empty');
const count = z.number().int().min(0);
/** OpenAI's limit of alternatives per token. */
const alternatives = count.max(20);

const sampling = {
  model: z.string(),
  n: z.number().int().min(1).max(128).default(1),
  temperature: z.number().min(0).max(2).default(1),
  top_p: z.number().min(0).max(1).default(1),
  seed: z.number().int().optional(),
  stop: z.union([texts.transform((one) => [one]), z.array(texts).max(4)], 'one to four texts are expected').default([]),
  ignore_eos: z.boolean().default(false),
  prompt_logprobs: alternatives.optional(),
  return_token_ids: z.boolean().default(false),
  return_tokens_as_token_ids: z.boolean().default(false),
};

export const completionRequest = z.strictObject({
  ...sampling,
  prompt: z.unknown(),
  max_tokens: count.optional(),
  echo: z.boolean().default(false),
  logprobs: alternatives.optional(),
  add_special_tokens: z.boolean().default(true),
  best_of: z.number().int().optional(),
});

const part = z.strictObject({ type: z.literal('text', 'this model reads text parts only'), text: z.string() });
const turn = z.strictObject({
  role: z.string(),
  content: z.union([z.string(), z.array(part)], 'a text or a list of text parts is expected'),
  tool_calls: z.array(z.unknown()).max(0, 'this model cannot call tools').optional(),
});
/** Clients send an assistant's message back as they got it, with null where it had nothing. */
const message = z.preprocess((value) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== null));
}, turn);

const template = {
  add_generation_prompt: z.boolean().optional(),
  continue_final_message: z.boolean().default(false),
};

export const chatRequest = z.strictObject({
  ...sampling,
  ...template,
  messages: z.array(message).min(1),
  max_tokens: count.optional(),
  max_completion_tokens: count.optional(),
  logprobs: z.boolean().default(false),
  top_logprobs: alternatives.optional(),
});

export const embeddingRequest = z.strictObject({
  model: z.string(),
  input: z.unknown(),
  encoding_format: z.enum(['float', 'base64']).default('float'),
  dimensions: z.number().int().optional(),
});

export const tokenizeRequest = z.strictObject({
  ...template,
  model: z.string().optional(),
  prompt: z.string().optional(),
  messages: z.array(message).min(1).optional(),
  add_special_tokens: z.boolean().optional(),
  return_token_strs: z.boolean().default(false),
});

export const detokenizeRequest = z.strictObject({
  model: z.string().optional(),
  tokens: z.array(z.number().int().min(0)),
});

/** `messages[0].content` for ['messages', 0, 'content']. */
function pathName(path: readonly PropertyKey[]): string {
  return path.reduce<string>((name, key) => {
    if (typeof key === 'number') return `${name}[${key}]`;
    return name === '' ? String(key) : `${name}.${String(key)}`;
  }, '');
}

/**
 * A body that fits the schema, its defaults filled in.
 * @throws ApiError 400 that names the first field at fault
 */
export function parseBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const clean = withoutUnsupported(body);
  const parsed = schema.safeParse(clean, { reportInput: true });
  if (parsed.success) return parsed.data;
  throw asApiError(deepest(parsed.error.issues[0]!));
}

/** Of a union's branches, the one that got furthest into the value says best what is wrong: past its type, or inside it. */
function deepest(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== 'invalid_union') return issue;
  const depth = (inner: z.core.$ZodIssue): number => 2 * inner.path.length + (inner.code === 'invalid_type' ? 0 : 1);
  const inner = issue.errors.flat().toSorted((a, b) => depth(b) - depth(a))[0];
  return inner === undefined || depth(inner) === 0 ? issue : deepest({ ...inner, path: [...issue.path, ...inner.path] });
}

function asApiError(issue: z.core.$ZodIssue): ApiError {
  const at = pathName(issue.path);
  if (issue.code === 'unrecognized_keys') {
    const field = pathName([...issue.path, issue.keys[0]!]);
    return new ApiError(400, `Unknown parameter: '${field}'`, field, 'unknown_parameter');
  }
  if (issue.input === undefined && (issue.code === 'invalid_type' || issue.code === 'invalid_union')) {
    return new ApiError(400, `Missing required parameter: '${at}'`, at, 'missing_required_parameter');
  }
  const wrongType = issue.code === 'invalid_type' || issue.code === 'invalid_union';
  return new ApiError(400, `Invalid value for '${at}': ${issue.message}`, at, wrongType ? 'invalid_type' : 'invalid_value');
}
