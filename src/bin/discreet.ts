import type { LoggerOptions } from 'pino';
import { ProblemError } from '../errors.ts';

/*
 * What keeps secrets and content out of the log, whatever is handed to it. Nothing that logs means to write any; this is for
 * the day when something does.
 */

const NAMES = ['api_key', 'apiKey', 'authorization', 'password', 'secret', 'cookie'];

/** Names that hold secrets, at the top and up to two levels below it. */
export const REDACTED: NonNullable<LoggerOptions['redact']> = {
  paths: NAMES.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
  censor: '[redacted]',
};

interface ShownError {
  type: string;
  message: string;
  code?: string;
  stack?: string;
  cause?: ShownError;
}

const DEEPEST = 4;

/** JSON.parse quotes what it could not read, and others what they were given: what stands in quotes goes, unless we wrote it. */
function words(error: Error): string {
  return error instanceof ProblemError ? error.message : error.message.replaceAll(/(["'`])[^]*\1/g, '$1…$1');
}

/**
 * An error as it is logged: its kind, words, code, and where it came from. Properties that libraries hang onto errors hold
 * commands, requests and headers: they are left out. What is no error stays as it is.
 */
export function shownError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return error;
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  // a stack begins with the message
  const places = error.stack?.split('\n').filter((line) => /^\s+at /.test(line));
  const cause = depth < DEEPEST && error.cause instanceof Error ? { cause: shownError(error.cause, depth + 1) as ShownError } : {};
  return { type: error.name, message: words(error), ...code, ...(places ? { stack: places.join('\n') } : {}), ...cause } satisfies ShownError;
}
