import { monotonicFactory } from 'ulid';
import { freshDelivery } from '../contract/webhooks.ts';
import type { Fresh } from './batch-ports.ts';
import { chance } from './chance.ts';
import { sealCredentials } from './credentials.ts';
import type { Planned } from './planning.ts';
import type { Stored } from './ports.ts';
import type { Vault } from './vault.ts';

/** Ids of one millisecond sort in the order in which they were made: that is the order of a batch. */
const next = monotonicFactory(chance);

export const freshId = (kind: 'exp' | 'bat', now: number): string => `${kind}_${next(now).toLowerCase()}`;

/** The JSON text of a delivery that was not begun. */
export const freshWebhook = (webhook: { url: string } | null | undefined): string => JSON.stringify(webhook ? freshDelivery(webhook.url) : null);

export function freshExplanation(owner: string, { plan, estimate, apiKey }: Planned, now: number, vault: Vault | null, batch: { id: string; index: number } | null = null): Fresh {
  const { request } = plan;
  const id = freshId('exp', now);
  const stored: Stored = {
    id,
    owner,
    status: 'queued',
    createdAt: new Date(now).toISOString(),
    startedAt: null,
    finishedAt: null,
    expiresAt: null,
    progress: 'null',
    estimate: JSON.stringify(estimate),
    metadata: JSON.stringify(request.metadata),
    batch: JSON.stringify(batch),
    webhook: freshWebhook(request.webhook),
    request: JSON.stringify(request),
    result: 'null',
    error: 'null',
    revision: 0,
  };
  return { stored, secret: sealCredentials(owner, id, request, apiKey, vault) };
}
