import type { Redis } from 'ioredis';
import { type Status, type StoredDocument, TERMINAL } from '../service/ports.ts';
import { type Keys, LIFE } from './keys.ts';
import { runScript, type Script } from './scripts.ts';
import { together } from './together.ts';

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

/** Polls that come in together are read together (`together`). */
export function documentReader(redis: Redis, keys: Keys): ReadDocument {
  const assemble = async (asked: readonly Asked[]): Promise<(StoredDocument | null)[]> => {
    const names = asked.flatMap(({ id }) => [keys.job(id), keys.result(id), keys.shown(id)]);
    const values = asked.flatMap(({ id, owner }) => [id, owner]);
    const documents = (await runScript(redis, DOCUMENTS, names, values)) as (string | null)[];
    return asked.map(({ owner, id }, at) => (documents[at] ? read(owner, id, documents[at]) : null));
  };
  const ask = together(async (batch: readonly Asked[]) => {
    const shown = await redis.mget(batch.map(({ id }) => keys.shown(id)));
    const others = batch.filter((_, at) => !shown[at]);
    const assembled = others.length === 0 ? [] : await assemble(others);
    let next = 0;
    return batch.map(({ owner, id }, at) => (shown[at] ? read(owner, id, shown[at]) : (assembled[next++] ?? null)));
  }, AT_ONCE);
  return (owner, id) => ask({ owner, id });
}
