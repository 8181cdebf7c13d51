import type { BatchStatus } from '../contract/batches.ts';
import type { StoredBatch } from '../service/batch-ports.ts';

/** A batch's hash as HGETALL gives it. Beside these it holds `jobs`, `index` and `binding`, the keys that scripts touch with it, and `open`. */
type Fields = Readonly<Record<string, string>>;

const STATES = ['queued', 'in_progress', 'cancelling', 'completed', 'failed', 'cancelled'] as const;

const numberOf = (fields: Fields, name: string): number => Number(fields[name] ?? 0);

export function statusOf(fields: Fields): BatchStatus {
  const cancelling = Boolean(fields['cancelling_since']);
  if (numberOf(fields, 'open') === 0) return cancelling ? 'cancelled' : 'completed';
  if (cancelling) return 'cancelling';
  return numberOf(fields, 'queued') === numberOf(fields, 'open') && numberOf(fields, 'completed') + numberOf(fields, 'failed') === 0 ? 'queued' : 'in_progress';
}

/** Field–value pairs of a new batch, as HSET takes them. */
export function toBatchFields(batch: StoredBatch, keys: { jobs: string; index: string }): string[] {
  const { id, owner, createdAt, metadata, estimate, webhook } = batch;
  return Object.entries({ id, owner, created_at: createdAt, metadata, estimate, webhook, ...keys }).flat();
}

/** null when there is no such batch. */
export function fromBatchFields(fields: Fields): StoredBatch | null {
  const { id, owner, created_at: createdAt } = fields;
  if (id === undefined || owner === undefined || createdAt === undefined) return null;
  const states = Object.fromEntries(STATES.map((state) => [state, numberOf(fields, state)])) as Record<(typeof STATES)[number], number>;
  return {
    id,
    owner,
    createdAt,
    status: statusOf(fields),
    finishedAt: fields['finished_at'] ?? null,
    expiresAt: fields['expires_at'] ?? null,
    counts: { total: Object.values(states).reduce((sum, count) => sum + count, 0), ...states },
    metadata: fields['metadata'] ?? '{}',
    estimate: fields['estimate'] ?? 'null',
    webhook: fields['webhook'] ?? 'null',
    revision: numberOf(fields, 'revision'),
  };
}
