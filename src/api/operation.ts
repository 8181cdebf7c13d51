import { z } from 'zod';
import { PROBLEM_TYPE, problemSchema } from '../contract/problem.ts';
import { type ProblemCode, PROBLEMS } from '../errors.ts';

/** What one status of an operation answers with. Headers are names of `REPLY_HEADERS` (contract/openapi-extras.ts). */
export interface Reply {
  description: string;
  /** By media type; left out: no body. */
  content?: Record<string, z.ZodType>;
  headers?: readonly string[];
}

export interface Operation {
  id: string;
  tag: string;
  summary: string;
  description: string;
  replies: Record<number, Reply>;
  /** Every problem that the operation can answer with; the statuses follow. */
  problems: readonly ProblemCode[];
  /** Open to callers without a key. */
  open?: boolean;
}

/** Problems of every operation that asks for a key; of those that read a body; of those that need Redis. */
export const GUARDED = ['validation_failed', 'unauthorized', 'rate_limited', 'internal'] as const satisfies ProblemCode[];
export const WITH_BODY = ['invalid_json', 'body_too_large', 'unsupported_media_type'] as const satisfies ProblemCode[];
export const STORED = ['storage_unavailable'] as const satisfies ProblemCode[];

/** What planning a request can find wrong with it. */
export const PLANNED = [
  'address_forbidden',
  'endpoint_forbidden',
  'address_forbidden',
  'unknown_endpoint',
  'unknown_model',
  'nothing_to_explain',
  'too_many_units',
  'budget_too_small',
  'scorer_unavailable',
  'unsupported_call',
  'invalid_pattern',
  'target_not_found',
  'target_unsupported',
] as const satisfies ProblemCode[];

/** What keeps a request from being taken in. not_found: erased while the reply was held. */
export const SUBMITTED = [
  'not_found',
  'idempotency_in_progress',
  'idempotency_key_reused',
  'too_many_open',
  'queue_full',
] as const satisfies ProblemCode[];

function replyOf(reply: Reply): unknown {
  if (reply.content === undefined) return z.undefined().describe(reply.description);
  const content = Object.fromEntries(Object.entries(reply.content).map(([type, schema]) => [type, { schema }]));
  return { description: reply.description, content };
}

function problemReplies(codes: readonly ProblemCode[]): Record<string, unknown> {
  const byStatus = Map.groupBy(new Set(codes), (code) => PROBLEMS[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, list]) => [
      status,
      replyOf({
        description: list.map((code) => `\`${code}\`: ${PROBLEMS[code].title}.`).join(' '),
        content: { [PROBLEM_TYPE]: problemSchema },
      }),
    ]),
  );
}

/** Headers of replies to callers with limits. */
const RATES = ['RateLimit', 'RateLimit-Policy'];

/** The documentary part of a route's schema. `response` is loosely typed, since most replies are sent as ready JSON text. */
export function operation({ id, tag, summary, description, replies, problems, open = false }: Operation) {
  const limited = (problems as readonly string[]).includes('rate_limited') ? RATES : [];
  const headers = [
    ...Object.entries(replies).map(([status, reply]) => [status, [...(reply.headers ?? []), ...limited]] as const),
    ...(limited.length > 0 ? [['429', ['Retry-After', ...limited]] as const] : []),
  ].filter(([, names]) => names.length > 0);
  return {
    operationId: id,
    tags: [tag],
    summary,
    description,
    response: {
      ...Object.fromEntries(Object.entries(replies).map(([status, reply]) => [status, replyOf(reply)])),
      ...problemReplies(problems),
    } as unknown,
    ...(open ? { security: [] } : {}),
    // taken up by the OpenAPI post-pass and removed there
    ...(headers.length > 0 ? { 'x-reply-headers': Object.fromEntries(headers) } : {}),
  };
}
