import { createHash, timingSafeEqual } from 'node:crypto';
import { ProblemError } from '../errors.ts';

/** Says who calls. */
export interface Authenticator {
  /** True when no keys are configured: everyone is the one owner `local`. */
  readonly open: boolean;
  /**
   * The owner of the key in an `Authorization` header.
   * @throws ProblemError unauthorized when there is none, or none that is configured
   */
  owner(authorization: string | undefined): string;
}

const LOCAL_OWNER = 'local';

/** RFC 6750 section 2.1; the scheme's name is case-insensitive. */
const BEARER = /^bearer +([\x21-\x7e]+) *$/i;

interface KnownKey {
  owner: string;
  hash: Buffer;
}

/**
 * An authenticator over SHA-256 hashes of keys (hex). Without any it is open.
 * Every hash is compared, in constant time each.
 * @throws TypeError for a hash that is not 64 hex digits, an empty owner, or one hash given twice
 */
export function createAuthenticator(keys: readonly { owner: string; sha256: string }[]): Authenticator {
  const known: KnownKey[] = keys.map(({ owner, sha256 }) => {
    if (owner === '') throw new TypeError('an API key has an empty owner');
    if (!/^[0-9a-f]{64}$/i.test(sha256)) throw new TypeError(`the API key of ${owner} is not a SHA-256 hash in 64 hex digits`);
    return { owner, hash: Buffer.from(sha256, 'hex') };
  });
  if (new Set(known.map(({ hash }) => hash.toString('hex'))).size < known.length)
    throw new TypeError('one API key is configured twice');
  if (known.length === 0) return { open: true, owner: () => LOCAL_OWNER };
  return {
    open: false,
    owner(authorization) {
      const presented = authorization === undefined ? null : BEARER.exec(authorization);
      if (presented === null) throw new ProblemError('unauthorized', 'Send an API key as `Authorization: Bearer <key>`.');
      const hash = createHash('sha256')
        .update(presented[1] ?? '')
        .digest();
      let owner: string | undefined;
      // no early end: the time taken must not tell which hash fits
      for (const key of known) if (timingSafeEqual(key.hash, hash)) owner = key.owner;
      if (owner === undefined) throw new ProblemError('unauthorized', 'The API key is not known.');
      return owner;
    },
  };
}
