export { type Explaining, type Filter, type Submission, Wherefore } from './client.ts';
export { type ExplanationEvent, hasEnded } from './follow.ts';
export type { Options } from './http.ts';
export { type ProblemCode, WhereforeError } from './problem.ts';
export type * from './schema.ts';
export { type Received, verifyWebhook, WebhookError } from './webhook.ts';
