import { createHash } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import type { WebhookMessage } from '../contract/webhooks.ts';
import { PUBLIC_ONLY } from '../egress/network.ts';
import { createSender } from '../egress/sender.ts';
import type { Attempted, Notifier } from '../service/webhook-ports.ts';

export interface NotifierSettings {
  allowPrivateNetwork: boolean;
  /** Of the service, for `User-Agent`. */
  version: string;
  /** For the whole attempt. */
  timeoutMs?: number;
}

/** Standard Webhooks asks for 15 to 30 s. */
const TIMEOUT_MS = 15_000;
/** Per receiver. */
const CONNECTIONS = 8;
/** Nothing of an answer counts but its status. */
const MAX_REPLY_BYTES = 16_384;
/** A receiver may ask to be left alone for longer than the schedule says, but not for ever. */
const MOST_RETRY_AFTER = 86_400;

/** Seconds of a Retry-After header, null where it is no number of seconds. */
function secondsOf(header: string | null): number | null {
  return header !== null && /^\d{1,9}$/.test(header) ? Math.min(Number(header), MOST_RETRY_AFTER) : null;
}

/** The same for every attempt at one message, so that a receiver can tell a repetition. */
function messageId({ type, data }: WebhookMessage): string {
  return `msg_${createHash('sha256').update(`${type} ${data.id}`).digest('hex').slice(0, 32)}`;
}

/** Sends notifications by the rules of Standard Webhooks, one signature per secret. */
export function createNotifier(settings: NotifierSettings): Notifier & { close(): Promise<void> } {
  const { allowPrivateNetwork, version, timeoutMs = TIMEOUT_MS } = settings;
  const permits = allowPrivateNetwork ? null : PUBLIC_ONLY;
  const sender = createSender({ connections: CONNECTIONS, permits, maxReplyBytes: MAX_REPLY_BYTES, timeoutMs });
  return {
    async send(url, message, secrets, signal): Promise<Attempted> {
      const id = messageId(message);
      const at = new Date();
      const body = JSON.stringify(message);
      const headers = {
        'content-type': 'application/json',
        'user-agent': `wherefore/${version}`,
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
        'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(' '),
      };
      const reply = await sender.post(url, headers, body, signal);
      signal.throwIfAborted();
      if ('failure' in reply) return { ok: false, status: null, error: reply.failure, retryAfter: null };
      const { status } = reply;
      if (status >= 200 && status < 300) return { ok: true, status };
      return { ok: false, status, error: `the receiver answered ${status}`, retryAfter: secondsOf(reply.retryAfter) };
    },
    close: () => sender.close(),
  };
}
