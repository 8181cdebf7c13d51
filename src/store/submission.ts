import type { Redis } from 'ioredis';
import type { Stored } from '../service/ports.ts';
import { addTraced, ID_LENGTH, quoted, type Template, templateOf } from './addition.ts';
import { type Keys, LIFE } from './keys.ts';
import { BIND, ROOM, STORE } from './lua.ts';
import { type ExplanationQueue, payloadOf } from './queue.ts';
import { OWN, toValues } from './record.ts';
import { refuseWithoutRoom } from './room.ts';
import { runScript, type Script } from './scripts.ts';

/*
 * Taking an explanation in: one script stores it and has BullMQ's own put it on the queue, so that there is nothing in
 * between, and one round trip. Every argument costs the API more than its use costs Redis, so that what is the same for all
 * explanations stands in the script.
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

/** ioredis keeps by name what was defined on it; its types do not say of what kind that is. */
function definitionOf(redis: Redis, name: string): Definition {
  const found = (redis.scriptsSet as Record<string, Definition | undefined>)[name];
  if (!found) throw new Error(`BullMQ has defined no ${name}`);
  return found;
}

/** Values before those of OWN; what is BullMQ's comes after these. */
const HEAD = 5;
const THEIRS = HEAD + OWN.length + 1;

/**
 * 1 = stored and queued (again: a resent command), 0 = the queue is full, -1 = the owner has too many open jobs.
 * BullMQ's script stands in a function whose parameters are what it takes for the keys and values of its own. It comes
 * first: what it refuses is not stored, and like all first writes its own is refused when Redis is out of memory.
 * @param values Lua for the keys of BullMQ's script, and then for its values
 */
function createScript(name: string, keys: Keys, { lua, numberOfKeys }: Definition, values: readonly string[]): Script {
  return {
    name,
    keys: 1,
    lua: `${ROOM}${STORE}${BIND}
local function enqueue(KEYS, ARGV)
${lua}
end
local id, created, most, most_open, index_life = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5]
local job, owner, life = KEYS[1], ARGV[${HEAD + 1}], ${LIFE.open}
local queued, opens = ${quoted(keys.queued)}, ${quoted(keys.open(''))} .. owner
if redis.call('EXISTS', job) == 1 then return 1 end
local free = room(queued, opens, 1, most, most_open, created - life * 1000)
if free < 1 then return free end
local said = enqueue({ ${values.slice(0, numberOfKeys).join(', ')} }, { ${values.slice(numberOfKeys).join(', ')} })
if said ~= id then return redis.error_reply('QUEUE ' .. tostring(said)) end
store(id, job, ${quoted(keys.events(''))} .. id, ${quoted(keys.index(''))} .. owner, queued, opens, created, life, index_life, ARGV, ${HEAD + 1})
bind(id, job, ${quoted(keys.claim(''))} .. id, life)
return 1`,
  };
}

/**
 * Stores and queues a new explanation.
 * @throws ProblemError queue_full, too_many_open, and the errors of ioredis, at once when the connection is not up
 */
export function submission({ redis, queue, keys, maxQueue, resultTtlSeconds, requestId: requestOf }: SubmissionDeps) {
  const indexLife = LIFE.open + resultTtlSeconds;
  const scriptOf = (kind: string, { script, values }: Template): Script => createScript(`${kind}:${keys.prefix}`, keys, definitionOf(redis, script), values);
  let asked: Script | null = null;
  let known: Script | null | undefined;

  /** What is told the payload alone; null where BullMQ is to be asked for each job. */
  const direct = async (): Promise<Script | null> => {
    if (known !== undefined) return known;
    // until then BullMQ's scripts are not known to the connection
    await queue.waitUntilReady();
    // a trace goes along with each job
    const template = queue.opts.telemetry ? null : await templateOf(queue, { id: 'id', created: 'created', data: `ARGV[${THEIRS}]` });
    known = template && scriptOf('create', template);
    return known;
  };

  return async (stored: Stored, secret: string | null, maxOpen: number | null): Promise<void> => {
    if (redis.status !== 'ready') throw new Error('Connection is closed.');
    const { id, owner } = stored;
    const requestId = requestOf?.() ?? null;
    const own = [id, Date.parse(stored.createdAt), maxQueue, maxOpen ?? -1, indexLife, ...toValues(stored, { index: keys.index(owner), secret, requestId })];
    const run = async (script: Script, theirs: readonly (string | Buffer)[]): Promise<void> =>
      refuseWithoutRoom(await runScript(redis, script, [keys.job(id)], [...own, ...theirs]), maxQueue, maxOpen);

    const script = known ?? (await direct());
    if (script && id.length === ID_LENGTH) return run(script, [JSON.stringify(payloadOf({ id, requestId }))]);
    return addTraced(queue, { id, requestId }, (addition) => {
      const { numberOfKeys } = definitionOf(redis, addition.script);
      asked ??= scriptOf('create-asked', { script: addition.script, values: addition.values.map((value, place) => (place < numberOfKeys ? quoted(value) : `ARGV[${THEIRS + place - numberOfKeys}]`)) });
      return run(asked, addition.values.slice(numberOfKeys));
    });
  };
}
