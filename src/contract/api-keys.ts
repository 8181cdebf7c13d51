import { z } from 'zod';

/** API_KEYS_FILE: who may call. Only hashes are kept: `printf %s KEY | sha256sum`. */
export const apiKeysSchema = z
  .array(
    z.strictObject({
      owner: z.string().min(1).max(100).regex(/^[\w.@-]+$/, 'letters, digits and . _ @ -'),
      sha256: z.string().regex(/^[0-9a-f]{64}$/i, 'must be 64 hexadecimal digits').transform((hash) => hash.toLowerCase()),
    }),
  )
  .min(1);
