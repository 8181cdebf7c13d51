import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { ProblemError } from '../errors.ts';
import type { Vault } from '../service/vault.ts';
import { createVault, type EncryptionKey, KEY_BYTES } from '../store/vault.ts';

const ENTRY = /^([\w-]{1,64}):([A-Za-z0-9+/_-]+={0,2})$/;

/** What is wrong is said without what was given. */
function refuse(reason: string): ProblemError {
  return new ProblemError('validation_failed', `ENCRYPTION_KEYS ${reason}`);
}

/** `id:key` with the key in base64, several parted by commas: the first encrypts, all decrypt. @throws ProblemError validation_failed */
export function parseEncryptionKeys(text: string): [EncryptionKey, ...EncryptionKey[]] {
  const keys = text.split(',').map((entry, index): EncryptionKey => {
    const [, id = '', key = ''] = ENTRY.exec(entry.trim()) ?? [];
    if (id === '') throw refuse(`must be \`id:key\` with the key in base64, parted by commas; entry ${index + 1} is not`);
    const bytes = Buffer.from(key, 'base64');
    if (bytes.length !== KEY_BYTES) throw refuse(`must hold keys of ${KEY_BYTES} bytes; that of ${id} has ${bytes.length}`);
    return { id, key: bytes };
  });
  if (new Set(keys.map(({ id }) => id)).size < keys.length) throw refuse('has an id twice');
  return keys as [EncryptionKey, ...EncryptionKey[]];
}

/** null: nothing secret can be kept. */
export function openVault(config: Config): Vault | null {
  return config.ENCRYPTION_KEYS === undefined ? null : createVault(parseEncryptionKeys(config.ENCRYPTION_KEYS));
}

/** A file that opens endpoints of callers opens nothing while their keys could not be kept: the log says so. */
export function warnWithoutVault(allowed: boolean, vault: Vault | null, logger: Logger): void {
  if (allowed && vault === null) logger.warn({}, 'caller_endpoints is set without ENCRYPTION_KEYS: requests that bring an endpoint are refused');
}
