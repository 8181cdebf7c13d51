import { ProblemError } from '../errors.ts';

export interface Idempotency {
  key: string;
  bodyHash: string;
}

type Bind = (owner: string, key: string, bodyHash: string, id: string) => Promise<{ id: string; bodyHash: string } | null>;

interface Once<T> {
  owner: string;
  idempotency: Idempotency | null;
  id: string;
  bind: Bind;
  release: (owner: string, key: string) => Promise<void>;
  /** What a key is bound to already. */
  read: (id: string) => Promise<T | null>;
  /** Stores what the key shall be bound to. */
  store: () => Promise<T>;
}

/**
 * Stores something once per Idempotency-Key: who sends the key again with the same body gets what is there.
 * @throws ProblemError idempotency_key_reused, idempotency_in_progress, and what `store` throws
 */
export async function once<T>({ owner, idempotency, id, bind, release, read, store }: Once<T>): Promise<{ stored: T; replayed: boolean }> {
  if (idempotency) {
    const bound = await bind(owner, idempotency.key, idempotency.bodyHash, id);
    if (bound && bound.bodyHash !== idempotency.bodyHash) {
      throw new ProblemError('idempotency_key_reused', 'this Idempotency-Key was sent with another body before', {
        faults: [{ pointer: '', message: 'differs from the body first sent with this key' }],
      });
    }
    const first = bound && (await read(bound.id));
    if (bound && !first) throw new ProblemError('idempotency_in_progress', 'the first request with this Idempotency-Key is still being taken in', { retryAfter: 1 });
    if (first) return { stored: first, replayed: true };
  }
  try {
    return { stored: await store(), replayed: false };
  } catch (error) {
    // where this fails too, the claim runs out by itself, and the first error is the one to tell
    if (idempotency) await release(owner, idempotency.key).catch(() => null);
    throw error;
  }
}
