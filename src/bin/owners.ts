import { statSync } from 'node:fs';
import type { Logger } from 'pino';
import type { z } from 'zod';
import { type Authenticator, createAuthenticator } from '../api/auth.ts';
import type { Config } from '../config.ts';
import { apiKeysSchema } from '../contract/api-keys.ts';
import { type OwnersFile, ownersFileSchema } from '../contract/owners-file.ts';
import { NO_TERMS, type Terms, type TermsOf } from '../service/terms.ts';
import { type Closers, readJson } from './compose.ts';

/** Between two looks at a file. Looking follows links that are changed under a mounted folder; events of the system do not. */
const LOOK_MS = 2_000;

interface Watched<T> {
  path: string;
  schema: z.ZodType<T>;
  what: string;
  apply: (value: T) => void;
}

/** Changes with the file; empty while it is not there to be seen. */
function stampOf(path: string): string {
  try {
    const { ino, size, mtimeMs } = statSync(path);
    return `${ino} ${size} ${mtimeMs}`;
  } catch {
    return '';
  }
}

/** Applies the file now, and whenever it has changed. One that cannot be used is left alone: what held goes on holding. */
function follow<T>({ path, schema, what, apply }: Watched<T>, closers: Closers, logger: Logger): void {
  // taken before it is read: what changes meanwhile is seen at the first look
  let last = stampOf(path);
  apply(readJson(path, schema, what));
  const look = () => {
    const stamp = stampOf(path);
    if (stamp === last) return;
    last = stamp;
    try {
      apply(readJson(path, schema, what));
      logger.info({ path }, `${what} was read anew`);
    } catch (error) {
      logger.error({ path, error: (error as Error).message }, `${what} cannot be used; what was read before holds`);
    }
  };
  const timer = setInterval(look, LOOK_MS).unref();
  closers.add(what, async () => clearInterval(timer));
}

/** Who may call; keys that are added to API_KEYS_FILE or taken out count within seconds. */
export function openKeys(config: Config, closers: Closers, logger: Logger): Authenticator {
  let current = createAuthenticator([]);
  if (config.API_KEYS_FILE === undefined) return current;
  const apply = (keys: z.output<typeof apiKeysSchema>) => {
    current = createAuthenticator(keys);
  };
  follow({ path: config.API_KEYS_FILE, schema: apiKeysSchema, what: 'API_KEYS_FILE', apply }, closers, logger);
  return { open: false, owner: (authorization) => current.owner(authorization) };
}

/** Terms of an entry over those of all. */
function termsIn(entry: OwnersFile[number], all: Terms): Terms {
  const own = (value: number | null | undefined, common: number | null) => (value === undefined ? common : value);
  return {
    endpoints: entry.endpoints,
    maxOpen: own(entry.max_open, all.maxOpen),
    maxUnits: own(entry.max_units, all.maxUnits),
    maxBodyBytes: own(entry.max_body_bytes, all.maxBodyBytes),
    maxBatchBytes: own(entry.max_batch_bytes, all.maxBatchBytes),
    requestsPerMinute: own(entry.requests_per_minute, all.requestsPerMinute),
    explanationsPerMinute: own(entry.explanations_per_minute, all.explanationsPerMinute),
  };
}

/** On what terms owners use the service; OWNERS_FILE counts within seconds of a change. */
export function openTerms(config: Config, closers: Closers, logger: Logger): TermsOf {
  const all: Terms = {
    ...NO_TERMS,
    maxOpen: config.OWNER_MAX_OPEN ?? null,
    requestsPerMinute: config.OWNER_REQUESTS_PER_MINUTE ?? null,
    explanationsPerMinute: config.OWNER_EXPLANATIONS_PER_MINUTE ?? null,
  };
  let own = new Map<string, Terms>();
  const apply = (file: OwnersFile) => {
    own = new Map(file.map((entry) => [entry.owner, termsIn(entry, all)]));
  };
  if (config.OWNERS_FILE !== undefined) follow({ path: config.OWNERS_FILE, schema: ownersFileSchema, what: 'OWNERS_FILE', apply }, closers, logger);
  return (owner) => own.get(owner) ?? all;
}
