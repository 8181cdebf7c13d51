import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';

const compress = promisify(gzip);
const expand = promisify(gunzip);

/** Texts from this size on are compressed: below, the header eats most of the gain. */
const FROM_BYTES = 4_096;
/** A text made of this much at most is expanded: a stored value cannot fill the memory. */
const MOST_BYTES = 1_073_741_824;

/** Whether a value begins like gzip (RFC 1952); a JSON text never does. */
function isCompressed(value: Buffer): boolean {
  return value[0] === 0x1f && value[1] === 0x8b;
}

/** A JSON text as stored, gzip when it is long. */
export async function packText(text: string): Promise<Buffer> {
  const plain = Buffer.from(text, 'utf8');
  return plain.length < FROM_BYTES ? plain : compress(plain);
}

/** The text of a stored value; null stays null. @throws when a compressed value is damaged */
export async function unpackText(value: Buffer | null): Promise<string | null> {
  if (value === null) return null;
  const plain = isCompressed(value) ? await expand(value, { maxOutputLength: MOST_BYTES }) : value;
  return plain.toString('utf8');
}
