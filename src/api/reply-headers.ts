/** Headers of replies, as the OpenAPI document describes them. Every reply has X-Request-Id besides. */
export const REPLY_HEADERS: Record<string, { description: string; schema: { type: string } }> = {
  ETag: { description: 'Changes with every change of the explanation.', schema: { type: 'string' } },
  'Idempotent-Replayed': { description: '`true` when the Idempotency-Key was used before.', schema: { type: 'string' } },
  Location: { description: 'The path of the explanation.', schema: { type: 'string' } },
  'Preference-Applied': { description: 'The wait that was kept.', schema: { type: 'string' } },
  'Retry-After': {
    description: 'Seconds until asking again makes sense; absent once the job has ended.',
    schema: { type: 'integer' },
  },
  RateLimit: { description: 'What is left of each limit, and in how many seconds it is whole again; absent where there is no limit.', schema: { type: 'string' } },
  'RateLimit-Policy': { description: 'Limits of the caller: quota `q` in `w` seconds.', schema: { type: 'string' } },
  Vary: { description: 'The reply depends on Accept.', schema: { type: 'string' } },
};
