import type { Log } from '../service/ports.ts';

/** The same words again within this time are counted and not written: an outage must not fill the disk. */
const QUIET_MS = 10_000;

/**
 * Says what is wrong with a connection, each complaint at most once in ten seconds, with how often it came meanwhile.
 * @param now milliseconds of any clock
 */
export function complaints(logger: Log, message: string, now: () => number = () => performance.now()): (words: string) => void {
  const last = new Map<string, { at: number; more: number }>();
  return (words) => {
    // ids and numbers make no other complaint
    const kind = words.replaceAll(/exp_\w+|\d+/g, '…');
    const known = last.get(kind);
    if (known && now() - known.at < QUIET_MS) {
      known.more += 1;
      return;
    }
    logger.warn({ error: words, ...(known && known.more > 0 ? { repeated: known.more } : {}) }, message);
    last.set(kind, { at: now(), more: 0 });
  };
}
