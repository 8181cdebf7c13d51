import { ReplyError } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../../src/errors.ts';
import { guarded, isUnavailable } from '../../../src/store/unavailable.ts';

const reply = (message: string): Error => new (ReplyError as new (message: string) => Error)(message);
const system = (code: string): Error => Object.assign(new Error(`connect ${code}`), { code });

describe('errors of Redis', () => {
  it.each([
    reply('LOADING Redis is loading the dataset in memory'),
    reply("OOM command not allowed when used memory > 'maxmemory'. script: f_1, on @user_script:1."),
    reply("ERR Error running script (call to f_1): @user_script:1: -OOM command not allowed when used memory > 'maxmemory'."),
    reply('MISCONF Redis is configured to save RDB snapshots, but it is currently unable to persist to disk.'),
    reply("READONLY You can't write against a read only replica."),
    reply('CLUSTERDOWN The cluster is down'),
    reply('BUSY Redis is busy running a script.'),
    reply('NOAUTH Authentication required.'),
    reply('ERR max number of clients reached'),
    new Error('Connection is closed.'),
    new Error('Command timed out'),
    new Error("Stream isn't writeable and enableOfflineQueue options is false"),
    Object.assign(new Error('Reached the max retries per request limit'), { name: 'MaxRetriesPerRequestError' }),
    system('ECONNREFUSED'),
    system('ENOENT'),
    system('EPIPE'),
    system('EAI_AGAIN'),
  ])('that say it is away: %s', async (thrown) => {
    expect(isUnavailable(thrown)).toBe(true);
    await expect(guarded(() => Promise.reject(thrown))).rejects.toMatchObject({ code: 'storage_unavailable', retryAfter: 2 });
  });

  it.each([
    reply('WRONGTYPE Operation against a key holding the wrong kind of value'),
    reply('ERR user_script:1: Script attempted to access nonexistent global variable'),
    reply('ERR wrong number of arguments'),
    new TypeError('x is not a function'),
    system('ERR_INVALID_ARG_TYPE'),
  ])('that are ours: %s', async (thrown) => {
    expect(isUnavailable(thrown)).toBe(false);
    await expect(guarded(() => Promise.reject(thrown))).rejects.toMatchObject({ message: thrown.message, name: thrown.name });
  });

  it('are not errors at all sometimes', () => {
    expect(isUnavailable('Connection is closed.')).toBe(false);
    expect(isUnavailable(undefined)).toBe(false);
  });

  it.each(['LOADING', 'WRONGTYPE'])('lose what was sent on the way: %s', async (code) => {
    const error = Object.assign(reply(`${code} no`), { command: { name: 'hset', args: ['key', 'the secret'] } });
    const seen: unknown = await guarded(() => Promise.reject(error)).catch((caught: unknown) => caught);
    const cause = seen instanceof ProblemError ? seen.cause : seen;
    expect(cause).toMatchObject({ name: 'ReplyError', message: `${code} no` });
    expect(cause).not.toHaveProperty('command');
  });

  it('leave problems and values as they are', async () => {
    const problem = new ProblemError('queue_full', 'no');
    await expect(guarded(() => Promise.reject(problem))).rejects.toBe(problem);
    expect(await guarded(() => Promise.resolve(7))).toBe(7);
    await expect(
      guarded(() => {
        throw problem;
      }),
    ).rejects.toBe(problem);
  });
});
