import { gunzipSync } from 'node:zlib';
import { Redis } from 'ioredis';

/** One value inside Redis, unpacked, and under which key it was. */
export interface Entry {
  key: string;
  type: string;
  /** Seconds left; -1 = for ever. */
  life: number;
  values: Buffer[];
}

type Reader = (redis: Redis, key: string) => Promise<Buffer[]>;

const READERS: Readonly<Record<string, Reader>> = {
  string: async (redis, key) => [(await redis.getBuffer(key)) ?? Buffer.alloc(0)],
  hash: async (redis, key) => Object.entries(await redis.hgetallBuffer(key)).flatMap(([field, value]) => [Buffer.from(field), value]),
  list: (redis, key) => redis.lrangeBuffer(key, 0, -1),
  set: (redis, key) => redis.smembersBuffer(key),
  zset: (redis, key) => redis.zrangeBuffer(key, '0', '-1'),
  stream: async (redis, key) => (await redis.xrangeBuffer(key, '-', '+')).flatMap(([id, fields]) => [id, ...fields]),
};

function unpacked(value: Buffer): Buffer {
  return value[0] === 0x1f && value[1] === 0x8b ? gunzipSync(value) : value;
}

/** Everything in a Redis, of every type, compressed values unpacked. @throws Error for a type that this cannot read */
export async function dumpRedis(url: string): Promise<Entry[]> {
  const redis = new Redis(url);
  try {
    const keys = new Set<string>();
    let cursor = '0';
    do {
      const [next, found] = await redis.scan(cursor, 'COUNT', 1_000);
      for (const key of found) keys.add(key);
      cursor = next;
    } while (cursor !== '0');
    const entries: Entry[] = [];
    for (const key of [...keys].sort()) {
      const type = await redis.type(key);
      // gone since it was found
      if (type === 'none') continue;
      const read = READERS[type];
      if (!read) throw new Error(`${key} is a ${type}, which no test can read`);
      entries.push({ key, type, life: await redis.ttl(key), values: (await read(redis, key)).map(unpacked) });
    }
    return entries;
  } finally {
    redis.disconnect();
  }
}

/** A text in the forms that it could lie there in: plain, inside JSON, once more inside JSON, in base64 and hex. */
function forms(text: string): Buffer[] {
  const escaped = JSON.stringify(text).slice(1, -1);
  const plain = [text, escaped, JSON.stringify(escaped).slice(1, -1), encodeURIComponent(text), Buffer.from(text).toString('hex')];
  // the first and last digits of base64 depend on what is around
  const inner = [0, 1, 2].map((shift) => Buffer.concat([Buffer.alloc(shift), Buffer.from(text)]).toString('base64').slice(4, -4));
  return [...plain, ...inner.flatMap((digits) => [digits, digits.replaceAll('+', '-').replaceAll('/', '_')])].map((form) => Buffer.from(form));
}

/** `key: text` for every place, key or value, in which one of the texts stands in any form. Texts have at least twelve characters. */
export function placesOf(entries: readonly Entry[], texts: readonly string[]): string[] {
  for (const text of texts) if (text.length < 12) throw new Error(`too short to be looked for: ${text}`);
  return entries.flatMap(({ key, values }) =>
    texts.filter((text) => forms(text).some((form) => [Buffer.from(key), ...values].some((value) => value.includes(form)))).map((text) => `${key}: ${text}`),
  );
}
