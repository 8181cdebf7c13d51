import type { WebhookMessage } from './schema.ts';

export interface Received {
  /** The body as it came, not parsed. */
  body: string;
  headers: Headers | Record<string, string | string[] | undefined>;
}

/** A message that is not the service's, or not of now. */
export class WebhookError extends Error {
  override readonly name = 'WebhookError';
}

const TOLERANCE_SECONDS = 300;

function headerOf(headers: Received['headers'], name: string): string {
  const value = headers instanceof Headers ? headers.get(name) : headers[name];
  if (typeof value !== 'string' || value === '') throw new WebhookError(`the header ${name} is missing`);
  return value;
}

const bytesOf = (base64: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

/** Whether one of the signatures is the secret's; compared by WebCrypto, in constant time. */
async function isSigned(secret: string, text: string, signatures: readonly string[]): Promise<boolean> {
  const key = await crypto.subtle.importKey('raw', bytesOf(secret.replace(/^whsec_/, '')), { name: 'HMAC', hash: 'SHA-256' }, false, ['verify']);
  for (const signature of signatures) {
    try {
      if (await crypto.subtle.verify('HMAC', key, bytesOf(signature), new TextEncoder().encode(text))) return true;
    } catch {
      // no base64: no signature of ours
    }
  }
  return false;
}

/**
 * The message of a webhook, once it is known to be the service's (Standard Webhooks: HMAC-SHA256 over id, time and body).
 * @param secrets `whsec_…`, one or, while it is being rotated, several
 * @param now in milliseconds; what is more than five minutes away from it is refused, so that nothing is played again
 * @throws WebhookError
 */
export async function verifyWebhook({ body, headers }: Received, secrets: string | readonly string[], now = Date.now()): Promise<WebhookMessage> {
  const [id, time] = [headerOf(headers, 'webhook-id'), headerOf(headers, 'webhook-timestamp')];
  if (!/^\d+$/.test(time) || Math.abs(now / 1_000 - Number(time)) > TOLERANCE_SECONDS) throw new WebhookError('the message is not of now');
  const signatures = headerOf(headers, 'webhook-signature')
    .split(' ')
    .flatMap((signature) => (signature.startsWith('v1,') ? [signature.slice(3)] : []));
  for (const secret of [secrets].flat()) {
    if (await isSigned(secret, `${id}.${time}.${body}`, signatures)) return JSON.parse(body) as WebhookMessage;
  }
  throw new WebhookError('no signature of the message is by this secret');
}
