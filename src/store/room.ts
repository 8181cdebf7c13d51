import { ProblemError } from '../errors.ts';

const RETRY_SECONDS = 10;

/**
 * What ROOM of lua.ts said, as a problem.
 * @throws ProblemError queue_full, too_many_open
 */
export function refuseWithoutRoom(said: unknown, maxQueue: number, maxOpen: number | null): void {
  if (said === 0) throw new ProblemError('queue_full', `no more than ${maxQueue} explanations may wait`, { retryAfter: RETRY_SECONDS });
  if (said === -1) throw new ProblemError('too_many_open', `no more than ${maxOpen} explanations of this owner may be under way`, { retryAfter: RETRY_SECONDS });
}
