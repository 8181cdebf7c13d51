import type { Redis } from 'ioredis';
import { type Status, type StoredDocument, TERMINAL } from '../service/ports.ts';
import { type Keys, LIFE } from './keys.ts';
import { runScript, type Script } from './scripts.ts';
import { isUnavailable } from './unavailable.ts';

/** Members of the resource whose fields are texts, and those whose fields are JSON texts, in its order. `result` is under a key of its own. */
const TEXTS = ['created_at', 'started_at', 'finished_at', 'expires_at'] as const;
const VALUES = ['progress', 'estimate', 'metadata', 'batch', 'webhook', 'request'] as const;
const FIELDS = ['owner', 'status', 'revision', 'kept', 'error', ...TEXTS, ...VALUES] as const;

const field = (name: (typeof FIELDS)[number]): string => `f[${FIELDS.indexOf(name) + 1}]`;
const member = (name: string, value: string): string => `',"${name}":' .. ${value}`;

/** Longer documents are put together each time: they must not fill the memory twice. */
const MOST_KEPT = 65_536;

/**
 * Of each explanation the line `{status} {revision} {owner}` and, from the next on, its JSON text; false where there is
 * none of this owner. Putting the text together here spares every poll the handling of its pieces: what comes is what is
 * sent. That takes Redis far longer than to find it, so what has ended is kept as it was shown; where that cannot be
 * written, it is shown all the same.
 */
const DOCUMENTS: Script = {
  name: 'documents',
  keys: null,
  lua: `
local ended = { ${[...TERMINAL].map((status) => `${status} = true`).join(', ')} }
local function text(value) return value and value ~= '' and '"' .. value .. '"' or 'null' end
local function json(value) return value and value ~= '' and value or 'null' end
local function document(job, kept_under, shown, id, owner)
  local f = redis.call('HMGET', job, ${FIELDS.map((name) => `'${name}'`).join(', ')})
  if ${field('owner')} ~= owner then return false end
  local over, result = ended[${field('status')}], 'null'
  if over then
    local kept = redis.call('GET', kept_under)
    -- erased or evicted by itself
    if not kept and ${field('kept')} == '1' then return false end
    result = json(kept)
  end
  local document = ${field('status')} .. ' ' .. ${field('revision')} .. ' ' .. owner .. '\\n{"id":"' .. id .. '","object":"explanation","status":"' .. ${field('status')} .. '"'
    .. ${[...TEXTS.map((name) => member(name, `text(${field(name)})`)), ...VALUES.map((name) => member(name, `json(${field(name)})`)), member('result', 'result'), member('error', `json(${field('error')})`)].join('\n    .. ')} .. '}'
  if over and #document <= ${MOST_KEPT} then
    local life = math.min(redis.call('TTL', job), ${LIFE.shown})
    if life > 0 then redis.pcall('SET', shown, document, 'EX', life) end
  end
  return document
end
local documents = {}
for at = 1, #ARGV, 2 do
  local key = (at - 1) / 2 * 3
  documents[#documents + 1] = document(KEYS[key + 1], KEYS[key + 2], KEYS[key + 3], ARGV[at], ARGV[at + 1])
end
return documents`,
};

interface Asked {
  owner: string;
  id: string;
  resolve: (document: StoredDocument | null) => void;
  reject: (error: unknown) => void;
}

/**
 * What a document of DOCUMENTS says. A string and not its bytes: buffers lie outside the heap, and their going by the
 * thousand sets off whole collections. null when it is of someone else.
 */
function read(owner: string, id: string, document: string): StoredDocument | null {
  const end = document.indexOf('\n');
  const [status, revision, whose] = document.slice(0, end).split(' ');
  return whose === owner ? { id, status: status as Status, revision: Number(revision), text: document.slice(end + 1) } : null;
}

/** So many documents come in one reply: Redis does nothing else while it puts them together. */
const AT_ONCE = 32;

/** The same bytes as `documentOf` of what `readOne` gives. null when there is no such explanation, or it is someone else's. */
export type ReadDocument = (owner: string, id: string) => Promise<StoredDocument | null>;

/**
 * What is asked for in one turn of the event loop, or while others are being read, is read together: with a command for
 * each, handling commands is most of what a busy API does for a poll.
 */
export function documentReader(redis: Redis, keys: Keys): ReadDocument {
  const waiting: Asked[] = [];
  let busy = false;

  const assemble = async (batch: readonly Asked[]): Promise<void> => {
    const names = batch.flatMap(({ id }) => [keys.job(id), keys.result(id), keys.shown(id)]);
    const values = batch.flatMap(({ id, owner }) => [id, owner]);
    const documents = (await runScript(redis, DOCUMENTS, names, values)) as (string | null)[];
    batch.forEach(({ owner, id, resolve }, at) => resolve(documents[at] ? read(owner, id, documents[at]) : null));
  };
  const ask = async (batch: readonly Asked[]): Promise<void> => {
    const shown = await redis.mget(batch.map(({ id }) => keys.shown(id)));
    const others: Asked[] = [];
    batch.forEach((asked, at) => {
      const document = shown[at];
      if (document) asked.resolve(read(asked.owner, asked.id, document));
      else others.push(asked);
    });
    if (others.length > 0) await assemble(others);
  };
  const refuse = (batch: readonly Asked[], error: unknown): void => {
    for (const { reject } of batch) reject(error);
  };
  const alone = (asked: Asked): Promise<void> => ask([asked]).catch((error: unknown) => refuse([asked], error));
  const work = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, AT_ONCE);
      try {
        await ask(batch);
      } catch (error) {
        // those who came meanwhile have waited for the same server, and must not wait for it once more
        if (isUnavailable(error)) refuse([...batch, ...waiting.splice(0)], error);
        // what is wrong with one must not be told to those who asked for another
        else await Promise.all(batch.map(alone));
      }
    }
    busy = false;
  };
  return (owner, id) =>
    new Promise((resolve, reject) => {
      waiting.push({ owner, id, resolve, reject });
      if (busy) return;
      busy = true;
      setImmediate(() => void work());
    });
}
