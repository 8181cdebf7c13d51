import { ProblemError } from '../errors.ts';

/** A restart of Redis takes about this long. */
const RETRY_AFTER_SECONDS = 2;

/** Replies that say "not now" or "not by this server": the storage is the trouble, not the command. */
const BUSY = 'LOADING|OOM|MISCONF|READONLY|BUSY|CLUSTERDOWN|MASTERDOWN|TRYAGAIN|NOREPLICAS|MOVED|ASK|UNBLOCKED|EXECABORT';
const LOCKED = 'NOAUTH|WRONGPASS|NOPERM|The user executing the script can\'t|max number of clients reached';
const REFUSALS = new RegExp(String.raw`\b(${BUSY}|${LOCKED})\b`);

const LOST = /connection is closed|command timed out|stream isn't writeable|aborted due to connection close/i;

const CLIENT_ERRORS = new Set(['MaxRetriesPerRequestError', 'ConnectionClosedError', 'ClusterAllFailedError', 'InterruptError']);

const FILES = 'ECONNREFUSED ECONNRESET ECONNABORTED EPIPE ENOENT EACCES EMFILE ENFILE';
const NETWORK = 'ETIMEDOUT ENOTFOUND EAI_AGAIN EHOSTUNREACH ENETUNREACH ENETDOWN';
const SYSTEM_CODES = new Set(`${FILES} ${NETWORK}`.split(' '));

/** Whether an error says that Redis cannot serve now, as against an error in what was asked of it. */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (error.name === 'ReplyError') return REFUSALS.test(error.message);
  return CLIENT_ERRORS.has(error.name) || SYSTEM_CODES.has(code) || LOST.test(error.message);
}

/** ioredis hangs the command with its arguments onto its errors: they hold requests, and errors are logged. */
function withoutArguments(error: unknown): unknown {
  if (!(error instanceof Error) || !('command' in error)) return error;
  const bare = new Error(error.message);
  bare.name = error.name;
  if (error.stack !== undefined) bare.stack = error.stack;
  return bare;
}

/** What the caller is told when Redis is away. */
function unavailable(cause: unknown): ProblemError {
  return new ProblemError('storage_unavailable', 'the storage does not answer; nothing is known to be lost, try again soon', {
    retryAfter: RETRY_AFTER_SECONDS,
    cause: withoutArguments(cause),
  });
}

/**
 * Runs what talks to Redis.
 * @throws ProblemError storage_unavailable when Redis is the trouble; any other error as it is, freed of command arguments
 */
export async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw isUnavailable(error) ? unavailable(error) : withoutArguments(error);
  }
}
