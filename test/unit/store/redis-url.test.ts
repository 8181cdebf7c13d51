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
    ['redis-sentinel://h1,h2:7/main', { sentinels: [{ host: 'h1', port: 26_379 }, { host: 'h2', port: 7 }], name: 'main' }],
    [
      'redis-sentinel://ann:pw@h/main/3?sentinel_username=u&sentinel_password=s%20p',
      { sentinels: [{ host: 'h', port: 26_379 }], name: 'main', db: 3, username: 'ann', password: 'pw', sentinelUsername: 'u', sentinelPassword: 's p' },
    ],
    ['rediss-sentinel://h/main', { sentinels: [{ host: 'h', port: 26_379 }], name: 'main', tls: {}, sentinelTLS: {}, enableTLSForSentinelMode: true }],
    ['redis-cluster://:pw@h1:7000,[::1]:7001,h3', { cluster: [{ host: 'h1', port: 7000 }, { host: '::1', port: 7001 }, { host: 'h3', port: 6379 }], password: 'pw' }],
    ['rediss-cluster://h?servername=x', { cluster: [{ host: 'h', port: 6379 }], tls: { servername: 'x' } }],
    ['rediss://10.0.0.1', { host: '10.0.0.1', port: 6379, tls: {} }],
    ['rediss://10.0.0.1?servername=redis.internal', { host: '10.0.0.1', port: 6379, tls: { servername: 'redis.internal' } }],
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
    'redis://h?ca=/x',
    'rediss://h?ca=/there/is/no/such.pem',
    'redis://h1,h2',
    'redis-sentinel://h',
    'redis-sentinel:///main',
    'redis-cluster://h/1',
    'redis-cluster://',
    'redis-cluster://h1,,h2',
    'redis://h#x',
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
