import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../../src/errors.ts';
import { parseRedisUrl } from '../../../src/store/redis-url.ts';

describe('parseRedisUrl', () => {
  it.each([
    ['redis://localhost', { host: 'localhost', port: 6379 }],
    ['redis://localhost/', { host: 'localhost', port: 6379 }],
    ['redis://127.0.0.1:7000/2', { host: '127.0.0.1', port: 7000, db: 2 }],
    ['redis://[::1]:7000', { host: '::1', port: 7000 }],
    ['redis://:secret@h', { host: 'h', port: 6379, password: 'secret' }],
    ['redis://ann:s%40%2F%25@h', { host: 'h', port: 6379, username: 'ann', password: 's@/%' }],
    ['rediss://h:6380', { host: 'h', port: 6380, tls: { servername: 'h' } }],
    ['unix:///run/redis.sock', { path: '/run/redis.sock' }],
    ['unix:///redis.sock?db=4&username=ann&password=p%20w', { path: '/redis.sock', db: 4, username: 'ann', password: 'p w' }],
    ['unix://./a%20b.sock', { path: './a b.sock' }],
    ['/run/redis.sock', { path: '/run/redis.sock' }],
    ['./a%20b?c.sock', { path: './a%20b?c.sock' }],
    ['../redis.sock', { path: '../redis.sock' }],
  ])('%s', (text, address) => {
    expect(parseRedisUrl(text)).toEqual(address);
  });

  it.each([
    '',
    'localhost:6379',
    'http://h',
    'redis://',
    'redis:///2',
    'redis://h/two',
    'redis://h/-1',
    'redis://h:99999',
    'redis://h?tls=true',
    'redis://%zz:pw@h',
    'unix://',
    'unix:///s?db=x',
    'unix:///s?what=1',
    'redis.sock',
  ])('refuses %j', (text) => {
    expect(() => parseRedisUrl(text)).toThrow(expect.objectContaining({ code: 'validation_failed' }));
  });

  it('takes any login that is percent-encoded, and never shows a secret', () => {
    const secret = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(secret, secret, (username, password) => {
        const login = `${encodeURIComponent(username)}:${encodeURIComponent(password)}`;
        expect(parseRedisUrl(`redis://${login}@host/1`)).toMatchObject({ username, password });
      }),
    );
    const faulty = ['http://u:hunter2@h', 'redis://u:hunter2@h/x', 'redis://u:hunter2@h?x=1', 'hunter2', 'unix:///s?hunter2=1'];
    for (const text of faulty) {
      try {
        parseRedisUrl(text);
        expect.unreachable();
      } catch (error) {
        expect(error).toBeInstanceOf(ProblemError);
        expect(String(error)).not.toContain('hunter2');
      }
    }
  });
});
