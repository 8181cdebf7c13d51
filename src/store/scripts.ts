import type { Redis } from 'ioredis';

/** A Lua script with a name of its own; how many keys it takes is part of it. */
export interface Script {
  name: string;
  keys: number;
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
export const runScript = (redis: Redis, script: Script, keys: readonly string[], values: readonly Argument[]): Promise<unknown> => run(redis, script, '', keys, values);

/** As `runScript`; the strings of the reply come as the bytes that they are. */
export const runScriptForBytes = (redis: Redis, script: Script, keys: readonly string[], values: readonly Argument[]): Promise<unknown> => run(redis, script, 'Buffer', keys, values);

function run(redis: Redis, script: Script, as: '' | 'Buffer', keys: readonly string[], values: readonly Argument[]): Promise<unknown> {
  if (keys.length !== script.keys) throw new Error(`${script.name} takes ${script.keys} keys`);
  const name = `wherefore:${script.name}`;
  if (!(name in redis)) redis.defineCommand(name, { lua: script.lua, numberOfKeys: script.keys });
  // defineCommand adds methods that the types cannot know of
  const command = (redis as unknown as Record<string, Command | undefined>)[`${name}${as}`];
  if (!command) throw new Error(`${name} is not defined`);
  gather(redis);
  return command.call(redis, ...keys, ...values);
}
