import type { Redis } from 'ioredis';
import { type JobEvent, type Status, TERMINAL } from '../service/ports.ts';
import type { Keys } from './keys.ts';
import type { News } from './news.ts';
import { isUnavailable } from './unavailable.ts';
import { MOST_FAILURES, patience, pause } from './waiting.ts';

interface FollowInput {
  redis: Redis;
  keys: Keys;
  news: News;
  owner: string;
  id: string;
  after: string | null;
  signal: AbortSignal;
}

/** Events read at a time. */
const CHUNK = 100;

function toEvent([id, fields]: [string, string[]]): JobEvent {
  const field = (name: string): string => fields[fields.indexOf(name) + 1] ?? '';
  return { id, type: field('type') as JobEvent['type'], data: field('data') };
}

/** The job's status; null when the owner has no such job (any more). */
async function statusOf(redis: Redis, keys: Keys, owner: string, id: string): Promise<Status | null> {
  const [status, of] = await redis.hmget(keys.job(id), 'status', 'owner');
  return of === owner ? (status as Status) : null;
}

/**
 * The events of a job after `after`, those to come included. A loss of Redis is sat out for a while; then it ends early,
 * which a follower mends by coming again.
 */
export async function* followEvents({ redis, keys, news, owner, id, after, signal }: FollowInput): AsyncGenerator<JobEvent, void> {
  let last = after;
  let wake = () => {};
  const leave = news.listen(id, () => wake());
  try {
    for (let failures = 0; !signal.aborted && failures <= MOST_FAILURES; ) {
      // armed before the look, so that news in between are not slept over
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
      });
      try {
        // before the events: what ended by now has told so by now
        const status = await statusOf(redis, keys, owner, id);
        if (status === null) return;
        const found = await redis.xrange(keys.events(id), last === null ? '-' : `(${last}`, '+', 'COUNT', CHUNK);
        failures = 0;
        for (const event of found.map(toEvent)) {
          if (signal.aborted) return;
          yield event;
          last = event.id;
          if (TERMINAL.has(event.type as Status)) return;
        }
        if (found.length === CHUNK) continue;
        if (TERMINAL.has(status)) return;
      } catch (error) {
        if (!isUnavailable(error)) throw error;
        failures += 1;
      }
      await pause(patience(news), woken, signal);
    }
  } finally {
    leave();
  }
}
