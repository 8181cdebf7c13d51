import type { Redis } from 'ioredis';
import type { Stored } from '../service/ports.ts';
import { addTraced, ID_LENGTH, quoted, type Template, templateOf } from './addition.ts';
import { type Keys, LIFE } from './keys.ts';
import { BIND, ROOM, STORE } from './lua.ts';
import { type ExplanationQueue, payloadOf } from './queue.ts';
import { OWN, toValues } from './record.ts';
import { refuseWithoutRoom } from './room.ts';
import { runScript, type Script } from './scripts.ts';
import { together } from './together.ts';

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

/** Values of all that a script takes in: how many may be queued, and the life of indexes. */
const SHARED = 2;
/** Of each: its id, its time and how many open jobs its owner may have; then come those of OWN, then what is BullMQ's. */
const HEAD = 3;
const THEIRS = HEAD + OWN.length;
/** Lua for a value of BullMQ's, in the place that it has of them. */
const theirs = (place: number): string => `ARGV[base + ${THEIRS + place + 1}]`;

/**
 * Of each 1 = stored and queued (again: a resent command), 0 = the queue is full, -1 = the owner has too many open jobs, or
 * what BullMQ said instead. BullMQ's script stands in a function whose parameters are what it takes for the keys and values
 * of its own. It comes first: what it refuses is not stored, and like all first writes its own is refused when Redis is out
 * of memory.
 * @param values Lua for the keys of BullMQ's script, and then for its values
 * @param count how many values of BullMQ's are given for each
 */
function createScript(name: string, keys: Keys, { lua, numberOfKeys }: Definition, values: readonly string[], count: number): Script {
  return {
    name,
    keys: null,
    lua: `${ROOM}${STORE}${BIND}
local function enqueue(KEYS, ARGV)
${lua}
end
local queued, life, most, index_life = ${quoted(keys.queued)}, ${LIFE.open}, tonumber(ARGV[1]), ARGV[2]
local function take(job, base)
  local id, created, most_open, owner = ARGV[base + 1], tonumber(ARGV[base + 2]), tonumber(ARGV[base + 3]), ARGV[base + ${HEAD + 1}]
  local opens = ${quoted(keys.open(''))} .. owner
  if redis.call('EXISTS', job) == 1 then return 1 end
  local free = room(queued, opens, 1, most, most_open, created - life * 1000)
  if free < 1 then return free end
  local said = enqueue({ ${values.slice(0, numberOfKeys).join(', ')} }, { ${values.slice(numberOfKeys).join(', ')} })
  if said ~= id then return tostring(said) end
  store(id, job, ${quoted(keys.events(''))} .. id, ${quoted(keys.index(''))} .. owner, queued, opens, created, life, index_life, ARGV, base + ${HEAD + 1})
  bind(id, job, ${quoted(keys.claim(''))} .. id, life)
  return 1
end
local said = {}
for at, job in ipairs(KEYS) do said[at] = take(job, ${SHARED} + (at - 1) * ${THEIRS + count}) end
return said`,
  };
}

/** So many are taken in by one script. */
const AT_ONCE = 8;

/** One to take in, by a script of `createScript`. */
interface Taken {
  id: string;
  values: readonly (string | number | Buffer)[];
  maxOpen: number | null;
}

/**
 * Stores and queues a new explanation.
 * @throws ProblemError queue_full, too_many_open, and the errors of ioredis, at once when the connection is not up
 */
export function submission({ redis, queue, keys, maxQueue, resultTtlSeconds, requestId: requestOf }: SubmissionDeps) {
  const shared = [maxQueue, LIFE.open + resultTtlSeconds];
  const scriptOf = (kind: string, { script, values }: Template, count: number): Script => createScript(`${kind}:${keys.prefix}`, keys, definitionOf(redis, script), values, count);
  const take = async (script: Script, batch: readonly Taken[]): Promise<readonly (number | string)[]> =>
    (await runScript(redis, script, batch.map(({ id }) => keys.job(id)), [...shared, ...batch.flatMap(({ values }) => values)])) as (number | string)[];
  let asked: Script | null = null;
  let known: ((one: Taken) => Promise<number | string>) | null | undefined;

  /** Takes in what is told the payload alone; null where BullMQ is to be asked for each job. */
  const direct = async (): Promise<NonNullable<typeof known> | null> => {
    if (known !== undefined) return known;
    // until then BullMQ's scripts are not known to the connection
    await queue.waitUntilReady();
    // a trace goes along with each job
    const template = queue.opts.telemetry ? null : await templateOf(queue, { id: 'id', created: 'created', data: theirs(0) });
    // found out by others meanwhile: what comes in together goes through one
    if (known !== undefined) return known;
    const script = template && scriptOf('create', template, 1);
    known = script && together((batch: readonly Taken[]) => take(script, batch), AT_ONCE);
    return known;
  };
  const admit = (said: number | string | undefined, { maxOpen }: Taken): void => {
    if (typeof said !== 'number') throw new Error(`the queue said ${said}`);
    refuseWithoutRoom(said, maxQueue, maxOpen);
  };

  return async (stored: Stored, secret: string | null, maxOpen: number | null): Promise<void> => {
    if (redis.status !== 'ready') throw new Error('Connection is closed.');
    const { id, owner } = stored;
    const requestId = requestOf?.() ?? null;
    const taken = (more: readonly (string | Buffer)[]): Taken => ({
      id,
      maxOpen,
      values: [id, Date.parse(stored.createdAt), maxOpen ?? -1, ...toValues(stored, { index: keys.index(owner), secret, requestId }), ...more],
    });
    const takeOne = await direct();
    if (takeOne && id.length === ID_LENGTH) {
      const one = taken([JSON.stringify(payloadOf({ id, requestId }))]);
      return admit(await takeOne(one), one);
    }
    return addTraced(queue, { id, requestId }, async ({ script, values }) => {
      const { numberOfKeys } = definitionOf(redis, script);
      const one = taken(values.slice(numberOfKeys));
      asked ??= scriptOf('create-asked', { script, values: values.map((value, place) => (place < numberOfKeys ? quoted(value) : theirs(place - numberOfKeys))) }, values.length - numberOfKeys);
      admit((await take(asked, [one]))[0], one);
    });
  };
}
