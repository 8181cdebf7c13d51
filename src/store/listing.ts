import type { Redis } from 'ioredis';
import type { ListQuery, Page, Position, Stored } from '../service/ports.ts';
import type { Keys } from './keys.ts';
import { readMany, replies } from './read.ts';

/** Index entries looked at in one round trip, and at most for one page: a filter that matches nothing must not hold Redis up. */
const BATCH = 100;
const MOST_LOOKED_AT = 5_000;
/** Explanations read in one round trip, and the bytes after which a page ends before its limit: a body may be a megabyte. */
const READ_AT_ONCE = 20;
const PAGE_CHARACTERS = 8_000_000;

interface Stretch {
  after: Position | null;
  /** Created at this time or later, and before that one, in ms. */
  from?: number | null | undefined;
  before?: number | null | undefined;
}

/** An index by creation from a position on, newest first, in batches. Entries of one millisecond go by id, newest first too. */
export async function* walk(redis: Redis, index: string, { after, from: oldest = null, before = null }: Stretch): AsyncGenerator<Position[]> {
  let at = after;
  const newest = before === null ? '+inf' : `(${before}`;
  for (let offset = 0; ; ) {
    const rows = await redis.zrevrangebyscore(index, at?.createdAtMs ?? newest, oldest ?? '-inf', 'WITHSCORES', 'LIMIT', offset, BATCH);
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
export async function listPage(redis: Redis, keys: Keys, owner: string, { limit, after, status = null, batch: of = null, ...times }: ListQuery): Promise<Page> {
  const index = of === null ? keys.index(owner) : keys.batchJobs(of);
  // a batch of somebody else is one that has no explanations
  if (of !== null && (await redis.hget(keys.batch(of), 'owner')) !== owner) return { items: [], next: null };
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

  for await (const batch of walk(redis, index, { after, ...times })) {
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
