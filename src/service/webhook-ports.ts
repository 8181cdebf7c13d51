import type { Delivery, WebhookMessage } from '../contract/webhooks.ts';

/*
 * Notifications: what the worker needs of the storage and of the network to make them. All methods throw ProblemError
 * storage_unavailable when Redis is away.
 */

/** Something that has ended and whose owner wants to be told. */
export interface Due {
  owner: string;
  delivery: Delivery;
  message: WebhookMessage;
}

export interface Outbox {
  /** null when it is gone, has not ended or nobody wants to be told. */
  read(id: string): Promise<Due | null>;
  /** How a delivery went. It is forgotten as something to do when there is no `next_attempt_at`; nothing is written for what is gone. */
  record(id: string, delivery: Delivery): Promise<void>;
  /** Forgets it as something to do. */
  drop(id: string): Promise<void>;
  /** Whether the URL said to this owner, within a day, that it is gone. */
  isGone(owner: string, url: string): Promise<boolean>;
  setGone(owner: string, url: string): Promise<void>;
}

/** What an owner's notifications are signed with. */
export interface Signing {
  /**
   * The secret and the one before it, while that is still good. `ofKeyBefore`: what both were under the operator's key before,
   * while that is configured; messages are signed with them as well, and nobody is shown them.
   */
  secrets(owner: string): Promise<{ current: string; previous: { secret: string; expiresAt: string } | null; ofKeyBefore: readonly string[] }>;
  /** Makes a new secret; the one before stays good for a day, those before it do not. */
  rotate(owner: string): Promise<void>;
}

/** What came of one attempt. `retryAfter`: seconds that the receiver asked to be left alone. */
export type Attempted =
  | { ok: true; status: number }
  | { ok: false; status: number | null; error: string; retryAfter: number | null };

/** Sends a notification once. Throws only when it was called off. */
export interface Notifier {
  send(url: string, message: WebhookMessage, secrets: readonly string[], signal: AbortSignal): Promise<Attempted>;
}

/** Why a URL may not be told, in words for the caller; null when it may. Says nothing of what a name resolves to. */
export type UrlCheck = (url: string) => string | null;
