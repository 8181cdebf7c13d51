import type { Redis } from 'ioredis';
import type { Page, Status, Stored } from '../service/ports.ts';
import type { Keys } from './keys.ts';
import { readMany, replies } from './read.ts';

/** Index entries looked at in one round trip, and at most for one page: a filter that matches nothing must not hold Redis up. */
const BATCH = 100;
const MOST_LOOKED_AT = 5_000;
/** Explanations read in one round trip, and the bytes after which a page ends before its limit: a body may be a megabyte. */
const READ_AT_ONCE = 20;
const PAGE_CHARACTERS = 8_000_000;

export interface Position {
  createdAtMs: number;
  id: string;
}

export interface ListQuery {
  limit: number;
  status: Status | null;
  after: Position | null;
}

/** The owner's index from a position on, newest first, in batches. Entries of one millisecond go by id, newest first too. */
async function* walk(redis: Redis, index: string, after: Position | null): AsyncGenerator<Position[]> {
  let at = after;
  for (let offset = 0; ; ) {
    const rows = await redis.zrevrangebyscore(index, at?.createdAtMs ?? '+inf', '-inf', 'WITHSCORES', 'LIMIT', offset, BATCH);
    if (rows.length === 0) return;
    const positions: Position[] = [];
    for (let row = 0; row < rows.length; row += 2) positions.push({ id: rows[row] ?? '', createdAtMs: Number(rows[row + 1]) });
    const from = at;
    const fresh = positions.filter(({ createdAtMs, id }) => from === null || createdAtMs < from.createdAtMs || id < from.id);
    const last = fresh.at(-1);
    if (last) {
      at = last;
      offset = 0;
      yield fresh;
    } else offset += positions.length;
  }
}

/** Statuses of a batch; null where the job has expired. */
async function statuses(redis: Redis, keys: Keys, positions: readonly Position[]): Promise<(string | null)[]> {
  const pipeline = redis.pipeline();
  for (const { id } of positions) pipeline.hget(keys.job(id), 'status');
  return replies<string | null>(await pipeline.exec());
}

/** A page of an owner's explanations, newest first. It may hold fewer than asked although more follow; `next` tells. */
export async function listPage(redis: Redis, keys: Keys, owner: string, { limit, status, after }: ListQuery): Promise<Page> {
  const index = keys.index(owner);
  const items: Stored[] = [];
  let at = after;
  let characters = 0;
  let looked = 0;

  /** Reads what matches into the page; false when the page ends before all of it. */
  const take = async (matching: readonly Position[]): Promise<boolean> => {
    for (let from = 0; from < matching.length; ) {
      const part = matching.slice(from, from + Math.min(READ_AT_ONCE, limit - items.length));
      if (part.length === 0) return false;
      from += part.length;
      const read = await readMany(redis, keys, part.map(({ id }) => id));
      for (const [place, stored] of read.entries()) {
        if (characters > PAGE_CHARACTERS) return false;
        at = part[place] ?? at;
        if (!stored || (status !== null && stored.status !== status)) continue;
        items.push(stored);
        characters += stored.request.length + stored.result.length;
      }
    }
    return true;
  };

  for await (const batch of walk(redis, index, after)) {
    const states = await statuses(redis, keys, batch);
    const expired = batch.filter((_, place) => states[place] === null);
    // the walk goes on by place in the index only among entries of one millisecond, so that this cannot make it skip any
    if (expired.length > 0) await redis.zrem(index, ...expired.map(({ id }) => id));
    const matching = batch.filter((_, place) => states[place] !== null && (status === null || states[place] === status));
    if (!(await take(matching))) return { items, next: at };
    at = batch.at(-1) ?? at;
    looked += batch.length;
    if (looked >= MOST_LOOKED_AT) return { items, next: at };
  }
  return { items, next: null };
}
