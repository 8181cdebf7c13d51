import type { Redis } from 'ioredis';
import type { Stored } from '../service/ports.ts';
import { type Keys, LIFE } from './keys.ts';
import { BIND, ROOM, STORE } from './lua.ts';
import { type Addition, enqueueBy, type ExplanationQueue } from './queue.ts';
import { toValues } from './record.ts';
import { refuseWithoutRoom } from './room.ts';
import { runScript, type Script } from './scripts.ts';

/*
 * Taking an explanation in: one script stores it and has BullMQ's own put it on the queue, so that there is nothing in
 * between, and one round trip. Every value that is sent costs the API more than its use costs Redis, so that what is the
 * same for all explanations stands in the script.
 */

interface SubmissionDeps {
  redis: Redis;
  queue: ExplanationQueue;
  keys: Keys;
  /** Explanations that may be `queued` at a time. */
  maxQueue: number;
  resultTtlSeconds: number;
  requestId?: () => string | null;
}

/** A script of BullMQ as it was defined on the connection. */
interface Definition {
  lua: string;
  numberOfKeys: number;
}

interface Made {
  /** The name of BullMQ's script. */
  of: string;
  script: Script;
  /** How many of what BullMQ would send are keys. */
  keys: number;
}

/** ioredis keeps by name what was defined on it; its types do not say of what kind that is. */
function definitionOf(redis: Redis, name: string): Definition {
  const found = (redis.scriptsSet as Record<string, Definition | undefined>)[name];
  if (!found) throw new Error(`BullMQ has defined no ${name}`);
  return found;
}

/** As Lua writes a text: whatever is in it, byte by byte. */
const quoted = (text: string): string => `'${[...Buffer.from(text)].map((byte) => `\\${String(byte).padStart(3, '0')}`).join('')}'`;

/** Values before those of BullMQ's script; after these come those of OWN. */
const HEAD = 5;

/**
 * 1 = stored and queued (again: a resent command), 0 = the queue is full, -1 = the owner has too many open jobs.
 * BullMQ's script stands in a function whose parameters are what it takes for the keys and values of its own. It comes
 * first: what it refuses is not stored, and like all first writes its own is refused when Redis is out of memory.
 */
function createScript(keys: Keys, { lua, numberOfKeys }: Definition, { values }: Addition): Script {
  const theirKeys = values.slice(0, numberOfKeys).map((key) => quoted(String(key)));
  const own = HEAD + values.length - numberOfKeys + 1;
  return {
    name: `create:${keys.prefix}`,
    keys: 1,
    lua: `${ROOM}${STORE}${BIND}
local function enqueue(KEYS, ARGV)
${lua}
end
local id, created, most, most_open, index_life = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5]
local job, owner, life = KEYS[1], ARGV[${own}], ${LIFE.open}
local queued, opens = ${quoted(keys.queued)}, ${quoted(keys.open(''))} .. owner
if redis.call('EXISTS', job) == 1 then return 1 end
local free = room(queued, opens, 1, most, most_open, created - life * 1000)
if free < 1 then return free end
local said = enqueue({ ${theirKeys.join(', ')} }, { unpack(ARGV, ${HEAD + 1}, ${own - 1}) })
if said ~= id then return redis.error_reply('QUEUE ' .. tostring(said)) end
store(id, job, ${quoted(keys.events(''))} .. id, ${quoted(keys.index(''))} .. owner, queued, opens, created, life, index_life, ${own})
bind(id, job, ${quoted(keys.claim(''))} .. id, life)
return 1`,
  };
}

/**
 * Stores and queues a new explanation.
 * @throws ProblemError queue_full, too_many_open, and the errors of ioredis
 */
export function submission({ redis, queue, keys, maxQueue, resultTtlSeconds, requestId: requestOf }: SubmissionDeps) {
  let made: Made | null = null;
  /** The same for every job: neither the script nor its keys depend on one. */
  const scriptFor = (addition: Addition): Made => {
    if (made?.of === addition.script) return made;
    const definition = definitionOf(redis, addition.script);
    made = { of: addition.script, script: createScript(keys, definition, addition), keys: definition.numberOfKeys };
    return made;
  };
  return async (stored: Stored, secret: string | null, maxOpen: number | null): Promise<void> => {
    const { id } = stored;
    const requestId = requestOf?.() ?? null;
    await enqueueBy(redis, queue, { id, requestId }, async (addition) => {
      const { script, keys: theirs } = scriptFor(addition);
      const head = [id, Date.parse(stored.createdAt), maxQueue, maxOpen ?? -1, LIFE.open + resultTtlSeconds];
      const values = toValues(stored, { index: keys.index(stored.owner), secret, requestId });
      refuseWithoutRoom(await runScript(redis, script, [keys.job(id)], [...head, ...addition.values.slice(theirs), ...values]), maxQueue, maxOpen);
      return id;
    });
  };
}
