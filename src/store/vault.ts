import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { ProblemError } from '../errors.ts';
import type { Vault } from '../service/ports.ts';

/** An encryption key of the operator: 32 bytes, known by its id in what it sealed. */
export interface EncryptionKey {
  id: string;
  key: Buffer;
}

const ALGORITHM = 'aes-256-gcm';
export const KEY_BYTES = 32;
/** 96 bits, as NIST SP 800-38D recommends for random ones. */
const IV_BYTES = 12;
const TAG_BYTES = 16;
/** What sealed texts begin with: another form would have another. */
const FORM = 'v1';

function unreadable(why: string, cause?: unknown): ProblemError {
  return new ProblemError('secret_unreadable', `the key that came with the request cannot be read any more: ${why}; submit it again`, { cause });
}

/**
 * AES-256-GCM. The first key seals, all of them open, so that keys can be changed while jobs run. A sealed text is
 * `v1.<key id>.<iv>.<tag>.<ciphertext>`, the last three in base64url; its context is authenticated with it.
 * @param keys at least one, with ids that differ
 */
export function createVault(keys: readonly [EncryptionKey, ...EncryptionKey[]]): Vault {
  const [current] = keys;
  const byId = new Map(keys.map(({ id, key }) => [id, key]));
  const authenticated = (id: string, context: string): Buffer => Buffer.from(JSON.stringify([FORM, id, context]));
  // a key of its own, so that no hash is ever made with one that encrypts
  const hashing = createHmac('sha256', current.key).update('wherefore fingerprint').digest();
  return {
    seal(secret, context) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv(ALGORITHM, current.key, iv, { authTagLength: TAG_BYTES }).setAAD(authenticated(current.id, context));
      const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
      return [FORM, current.id, ...[iv, cipher.getAuthTag(), text].map((bytes) => bytes.toString('base64url'))].join('.');
    },
    open(sealed, context) {
      const [form, id = '', iv = '', tag = '', text = ''] = sealed.split('.');
      const key = byId.get(id);
      if (form !== FORM || !key) throw unreadable('it was encrypted by a key that ENCRYPTION_KEYS no longer has');
      try {
        const decipher = createDecipheriv(ALGORITHM, key, Buffer.from(iv, 'base64url'), { authTagLength: TAG_BYTES })
          .setAAD(authenticated(id, context))
          .setAuthTag(Buffer.from(tag, 'base64url'));
        return decipher.update(text, 'base64url', 'utf8') + decipher.final('utf8');
      } catch (error) {
        throw unreadable('it was changed', error);
      }
    },
    fingerprint: (texts) => createHmac('sha256', hashing).update(JSON.stringify(texts)).digest('base64url'),
  };
}
