import { FRESH, OWN } from './record.ts';

/*
 * Pieces that the scripts of transitions.ts and batch-scripts.ts are made of.
 */

/** What happened, for whoever follows the job; beyond so many events the oldest go. */
const MOST_EVENTS = 300;
export const TELL = `
local function tell(events, channel, id, type, data, life)
  redis.call('XADD', events, 'MAXLEN', '~', ${MOST_EVENTS}, '*', 'type', type, 'data', data)
  redis.call('EXPIRE', events, life)
  redis.call('PUBLISH', channel, id)
end
local function state(status) return '{"status":"' .. status .. '"}' end
`;

/** What a transition must know of a job; false where a field is not there, as in jobs of an earlier release. */
export const LOOK = `
local ended = { completed = true, failed = true, cancelled = true }
local function look(job)
  local was = redis.call('HMGET', job, 'status', 'owner', 'index', 'binding', 'webhook', 'batch_key')
  return { status = was[1], owner = was[2], index = was[3], binding = was[4], webhook = was[5], batch = was[6] }
end
`;

/**
 * A job of a batch goes from one state to another, or leaves it (`to` is nil); with its last open job the batch ends.
 * Whose webhook is due by that goes into `due` and, so that it is not forgotten, into the sorted set `at.undelivered`.
 * Nothing is written for a batch that is gone.
 */
export const STEP = `
local function owe(id, at, due)
  redis.call('ZADD', at.undelivered, at.ms, id)
  redis.call('EXPIRE', at.undelivered, at.index_life)
  due[#due + 1] = id
end
local function step(batch, from, to, at, due)
  if not batch or redis.call('EXISTS', batch) == 0 then return end
  redis.call('HINCRBY', batch, from, -1)
  if to then redis.call('HINCRBY', batch, to, 1) end
  redis.call('HINCRBY', batch, 'revision', 1)
  local of = redis.call('HMGET', batch, 'id', 'jobs', 'index', 'binding', 'webhook')
  if ended[from] or (to and not ended[to]) or redis.call('HINCRBY', batch, 'open', -1) > 0 then
    if not ended[from] then
      redis.call('EXPIRE', batch, at.open)
      redis.call('EXPIRE', of[2], at.open)
    end
    return
  end
  redis.call('HSET', batch, 'finished_at', at.now, 'expires_at', at.expires)
  redis.call('EXPIRE', batch, at.life)
  redis.call('EXPIRE', of[2], at.life)
  redis.call('EXPIRE', of[3], at.index_life)
  if of[4] and redis.call('HGET', of[4], 'id') == of[1] then redis.call('EXPIRE', of[4], at.life) end
  if of[5] and of[5] ~= 'null' then owe(of[1], at, due) end
  redis.call('PUBLISH', at.channel, of[1])
end
`;

/** Times, lives and names that an end needs, from ARGV on; `clock` of clock.ts gives them in this order. */
export const CLOCK = `
local function clock(from)
  return { now = ARGV[from], expires = ARGV[from + 1], ms = ARGV[from + 2], life = ARGV[from + 3], open = ARGV[from + 4],
    index_life = ARGV[from + 5], channel = ARGV[from + 6], told = ARGV[from + 7], undelivered = ARGV[from + 8],
    opens = ARGV[from + 9] }
end
`;

/** Ends a job: its keys and its Idempotency-Key live on for as long as its result; the secret that came with it does not. */
export const END = `
local function finish(id, keys, was, status, more, at, due)
  redis.call('HSET', keys.job, 'status', status, 'finished_at', at.now, 'expires_at', at.expires, unpack(more))
  redis.call('HDEL', keys.job, 'secret')
  redis.call('HINCRBY', keys.job, 'revision', 1)
  redis.call('EXPIRE', keys.job, at.life)
  redis.call('EXPIRE', keys.owned, at.life)
  tell(keys.events, at.told, id, status, state(status), at.life)
  redis.call('EXPIRE', was.index, at.index_life)
  if was.binding and redis.call('HGET', was.binding, 'id') == id then redis.call('EXPIRE', was.binding, at.life) end
  redis.call('ZREM', keys.queued, id)
  redis.call('ZREM', keys.running, id)
  redis.call('ZREM', at.opens .. was.owner, id)
  step(was.batch, was.status, status, at, due)
  if was.webhook and was.webhook ~= 'null' then owe(id, at, due) end
  redis.call('PUBLISH', at.channel, id)
end
`;

/**
 * Whether so many more may be queued: 0 when the service's queue has no room, -1 when the owner has as many open jobs as
 * they may. What was dropped from the store without ending is no longer open.
 */
export const ROOM = `
local function room(queued, opens, more, most, most_open, oldest)
  if redis.call('ZCARD', queued) + more > most then return 0 end
  if most_open < 0 or redis.call('ZCARD', opens) + more <= most_open then return 1 end
  redis.call('ZREMRANGEBYSCORE', opens, '-inf', oldest)
  if redis.call('ZCARD', opens) + more <= most_open then return 1 end
  return -1
end
`;

/** Stores one explanation as `queued`; values of OWN are in `values` from `first` on. Its first event is published to nobody: who could know its id? */
export const STORE = `
local own = { ${OWN.map((name) => `'${name}'`).join(', ')} }
local function store(id, job, events, index, queued, opens, created, life, index_life, values, first)
  local fields = { ${Object.entries(FRESH).flat().map((text) => `'${text}'`).join(', ')} }
  local last = #fields
  for place = 1, #own do
    local value = values[first + place - 1]
    if value ~= '' then
      fields[last + 1], fields[last + 2] = own[place], value
      last = last + 2
    end
  end
  redis.call('HSET', job, unpack(fields))
  redis.call('EXPIRE', job, life)
  redis.call('XADD', events, '*', 'type', 'status', 'data', '{"status":"queued"}')
  redis.call('EXPIRE', events, life)
  for _, set in ipairs({ index, queued, opens }) do
    redis.call('ZADD', set, created, id)
    redis.call('EXPIRE', set, index_life)
  end
end
`;

/** Binds the Idempotency-Key that waits for this id to what is stored under `key` by now. */
export const BIND = `
local function bind(id, key, claim, life)
  local binding = redis.call('GET', claim)
  if not binding then return end
  if redis.call('HGET', binding, 'id') == id then
    redis.call('HSET', binding, 'stored', '1')
    redis.call('EXPIRE', binding, life)
    redis.call('HSET', key, 'binding', binding)
  end
  redis.call('DEL', claim)
end
`;
