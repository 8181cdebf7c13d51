import { PAYLOAD_VERSION } from '../contract/queue.ts';
import { type Status, type Stored, TERMINAL } from '../service/ports.ts';

/**
 * Fields of a job's hash that make a Stored, in the order they are read. Times are RFC 3339 or '' for null. The hash
 * also holds `index`, `binding` and `batch_key`, the keys that scripts must touch
 * with it, `kept`, '1' when a result was stored, `secret` until it ends, and `request_id`, of the request that submitted it.
 */
export const FIELDS = [
  'owner',
  'status',
  'created_at',
  'started_at',
  'finished_at',
  'expires_at',
  'progress',
  'estimate',
  'metadata',
  'batch',
  'webhook',
  'request',
  'error',
  'revision',
  'kept',
  'schema',
] as const;

type Field = (typeof FIELDS)[number];

/** What the hash of every new explanation begins with. */
export const FRESH = { status: 'queued', started_at: '', finished_at: '', expires_at: '', progress: 'null', error: 'null', revision: '0' } as const satisfies Partial<Record<Field, string>>;

/** What each has of its own beside it, in the order of `toValues`. */
export const OWN = ['owner', 'created_at', 'estimate', 'metadata', 'batch', 'webhook', 'request', 'schema', 'index', 'secret', 'request_id', 'batch_key'] as const;

export interface Beside {
  /** The key of the owner's index. */
  index: string;
  secret: string | null;
  requestId: string | null;
  /** The key of the batch that it is part of; left out: none. */
  batchKey?: string;
}

/** Values of OWN; '' for what is not there. */
export function toValues(stored: Stored, { index, secret, requestId, batchKey = '' }: Beside): string[] {
  const { owner, createdAt, estimate, metadata, batch, webhook, request, schema = PAYLOAD_VERSION } = stored;
  return [owner, createdAt, estimate, metadata, batch, webhook, request, String(schema), index, secret ?? '', requestId ?? '', batchKey];
}

/**
 * @param values of FIELDS, as HMGET gives them
 * @param result of the result's key
 * @returns null when there is no such job, or when its result was erased between the two reads
 */
export function fromFields(id: string, values: readonly (string | null)[], result: string | null): Stored | null {
  const field = Object.fromEntries(FIELDS.map((name, position) => [name, values[position] ?? ''])) as Record<Field, string>;
  if (field.status === '') return null;
  const status = field.status as Status;
  const ended = TERMINAL.has(status);
  if (ended && field.kept === '1' && result === null) return null;
  return {
    id,
    owner: field.owner,
    status,
    createdAt: field.created_at,
    startedAt: field.started_at || null,
    finishedAt: field.finished_at || null,
    expiresAt: field.expires_at || null,
    progress: field.progress,
    estimate: field.estimate,
    metadata: field.metadata,
    // jobs of an earlier release have neither
    batch: field.batch || 'null',
    webhook: field.webhook || 'null',
    request: field.request,
    // a result that appears after its job was read as running is told with the next read
    result: (ended ? result : null) ?? 'null',
    error: field.error,
    revision: Number(field.revision),
    schema: field.schema === '' ? 1 : Number(field.schema),
  };
}
