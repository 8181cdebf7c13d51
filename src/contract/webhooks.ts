import { z } from 'zod';

/*
 * Webhooks: what a request asks for, what of it is seen on the resource, and what is sent (Standard Webhooks,
 * https://www.standardwebhooks.com).
 */

/** Where to tell of an end. Whether the address may be reached is checked when it is asked for and at every attempt. */
export const webhookSchema = z
  .strictObject({
    url: z
      .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
      .max(2_000)
      .refine((url) => !/^https?:\/\/[^/?#]*@/i.test(url), { error: 'must not hold a user name or password' })
      .describe('Told once, when it has ended: a signed POST, see `GET /v1/webhooks/secret`.'),
  })
  .describe('A notification of the end (Standard Webhooks).');

export const deliverySchema = z
  .strictObject({
    url: z.string(),
    status: z
      .enum(['pending', 'delivered', 'failed', 'disabled'])
      .describe('`failed`: given up after about a day. `disabled`: the receiver answered 410, to this message or to another one within a day.'),
    attempts: z.int().min(0),
    last_attempt_at: z.string().nullable(),
    response_status: z.int().nullable().describe('Of the last attempt; null where no answer came.'),
    error: z.string().nullable().describe('Why the last attempt did not count.'),
    next_attempt_at: z.string().nullable(),
  })
  .describe('How the notification of the end goes.');

export type Delivery = z.output<typeof deliverySchema>;

/** What is known of a delivery before its first attempt. */
export function freshDelivery(url: string): Delivery {
  return { url, status: 'pending', attempts: 0, last_attempt_at: null, response_status: null, error: null, next_attempt_at: null };
}

/** The body of a webhook: thin, since whoever is told reads the rest with a key of theirs. */
export const messageSchema = z
  .strictObject({
    type: z.string().describe('`explanation.completed`, `.failed` or `.cancelled`; `batch.completed` or `.cancelled`.'),
    timestamp: z.string().describe('When it ended.'),
    data: z.strictObject({
      id: z.string(),
      object: z.enum(['explanation', 'batch']),
      status: z.enum(['completed', 'failed', 'cancelled']),
      batch_id: z.string().nullable().describe('The batch that the explanation belongs to.'),
    }),
  })
  .describe('What is posted to the URL of a webhook, with `webhook-id`, `webhook-timestamp` and `webhook-signature`.');

export type WebhookMessage = z.output<typeof messageSchema>;

const secret = z.string().describe('`whsec_` and the key in Base64, as libraries of Standard Webhooks take it.');

export const webhookSecretSchema = z
  .strictObject({
    secret,
    previous: z
      .strictObject({ secret, expires_at: z.string() })
      .nullable()
      .describe('The secret before the last rotation: messages are signed with both until it expires.'),
  })
  .describe('What the webhooks of the caller are signed with.');

export type WebhookSecret = z.output<typeof webhookSecretSchema>;
