import type { Redis } from 'ioredis';

/** A Lua script with a name of its own; how many keys it takes is part of it, null = as many as it is given. */
export interface Script {
  name: string;
  keys: number | null;
  lua: string;
}

type Argument = string | number | Buffer;
type Command = (...values: Argument[]) => Promise<unknown>;

const gathering = new WeakSet<object>();

/**
 * Commands that are given in one turn of the event loop go out in one write, as they would in a pipeline but without its
 * bookkeeping: with a write for each, a busy API spends more on writing to Redis than on anything else.
 */
function gather({ stream }: Redis): void {
  // of a cluster every node has its own
  if ((stream as unknown) === undefined || gathering.has(stream)) return;
  gathering.add(stream);
  stream.cork();
  setImmediate(() => {
    gathering.delete(stream);
    stream.uncork();
  });
}

/**
 * Runs a script atomically on the server, which is sent its text once and its hash from then on.
 * @throws the errors of ioredis; callers stand inside `guarded`
 */
export function runScript(redis: Redis, { name, keys: takes, lua }: Script, keys: readonly string[], values: readonly Argument[]): Promise<unknown> {
  if (takes !== null && keys.length !== takes) throw new Error(`${name} takes ${takes} keys`);
  const known = `wherefore:${name}`;
  if (!(known in redis)) redis.defineCommand(known, takes === null ? { lua } : { lua, numberOfKeys: takes });
  // defineCommand adds methods that the types cannot know of
  const command = (redis as unknown as Record<string, Command | undefined>)[known];
  if (!command) throw new Error(`${known} is not defined`);
  gather(redis);
  return takes === null ? command.call(redis, keys.length, ...keys, ...values) : command.call(redis, ...keys, ...values);
}
