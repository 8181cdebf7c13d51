import type { Redis } from 'ioredis';
import { type Status, type StoredDocument, TERMINAL } from '../service/ports.ts';
import type { Keys } from './keys.ts';
import { runScriptForBytes, type Script } from './scripts.ts';

/** Members of the resource whose fields are texts, and those whose fields are JSON texts, in its order. `result` is under a key of its own. */
const TEXTS = ['created_at', 'started_at', 'finished_at', 'expires_at'] as const;
const VALUES = ['progress', 'estimate', 'metadata', 'batch', 'webhook', 'request'] as const;
const FIELDS = ['owner', 'status', 'revision', 'kept', 'error', ...TEXTS, ...VALUES] as const;

const field = (name: (typeof FIELDS)[number]): string => `f[${FIELDS.indexOf(name) + 1}]`;
const member = (name: string, value: string): string => `',"${name}":' .. ${value}`;

/**
 * {status, revision, the JSON text of the explanation}; nil when there is none of this owner. Putting the text together
 * here spares every poll the handling of its pieces: what comes is what is sent.
 */
const DOCUMENT: Script = {
  name: 'document',
  keys: 2,
  lua: `
local ended = { ${[...TERMINAL].map((status) => `${status} = true`).join(', ')} }
local function text(value) return value and value ~= '' and '"' .. value .. '"' or 'null' end
local function json(value) return value and value ~= '' and value or 'null' end
local f = redis.call('HMGET', KEYS[1], ${FIELDS.map((name) => `'${name}'`).join(', ')})
if ${field('owner')} ~= ARGV[2] then return nil end
local result = 'null'
if ended[${field('status')}] then
  local kept = redis.call('GET', KEYS[2])
  -- erased or evicted by itself
  if not kept and ${field('kept')} == '1' then return nil end
  result = json(kept)
end
return { ${field('status')}, ${field('revision')}, '{"id":"' .. ARGV[1] .. '","object":"explanation","status":"' .. ${field('status')} .. '"'
  .. ${[...TEXTS.map((name) => member(name, `text(${field(name)})`)), ...VALUES.map((name) => member(name, `json(${field(name)})`)), member('result', 'result'), member('error', `json(${field('error')})`)].join('\n  .. ')} .. '}' }`,
};

/** The same bytes as `documentOf` of what `readOne` gives. null when there is no such explanation, or it is someone else's. */
export async function readDocument(redis: Redis, keys: Keys, owner: string, id: string): Promise<StoredDocument | null> {
  const reply = (await runScriptForBytes(redis, DOCUMENT, [keys.job(id), keys.result(id)], [id, owner])) as [Buffer, Buffer, Buffer] | null;
  if (reply === null) return null;
  const [status, revision, text] = reply;
  return { id, status: status.toString('latin1') as Status, revision: Number(revision.toString('latin1')), text };
}
