import { ProblemError } from '../errors.ts';

/** Where a Redis is and how to log in, in ioredis' words. */
export interface Address {
  host?: string;
  port?: number;
  path?: string;
  username?: string;
  password?: string;
  db?: number;
  tls?: { servername?: string };
}

/** The URL itself stays out of the message: it may hold a password. */
function refuse(reason: string): ProblemError {
  return new ProblemError('validation_failed', `the Redis URL ${reason}`);
}

const FORMS = 'must start with redis://, rediss:// or unix://, or be a path';
const PARAMETERS = new Set(['db', 'username', 'password']);

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw refuse('has a user name or password that is not percent-encoded text');
  }
}

function database(text: string): number {
  if (!/^\d{1,5}$/.test(text)) throw refuse('names a database that is not a number');
  return Number(text);
}

/** `name:secret`, each percent-encoded. A lone name is a user name. */
function login(username: string, password: string): Pick<Address, 'username' | 'password'> {
  return {
    ...(username === '' ? {} : { username: decoded(username) }),
    ...(password === '' ? {} : { password: decoded(password) }),
  };
}

/** `path[?db=&username=&password=]`, the path percent-encoded. */
function socketAddress(text: string): Address {
  const [path = '', query = ''] = text.split('?', 2);
  if (path === '') throw refuse('has no socket path');
  const more = new URLSearchParams(query);
  for (const name of more.keys()) if (!PARAMETERS.has(name)) throw refuse('has an unknown parameter');
  const db = more.get('db');
  return {
    path: decoded(path),
    ...(db === null ? {} : { db: database(db) }),
    ...login(encodeURIComponent(more.get('username') ?? ''), encodeURIComponent(more.get('password') ?? '')),
  };
}

/**
 * Reads `redis://[user[:password]@]host[:port][/db]`, `rediss://…` (TLS), `unix:///path[?db=&username=&password=]` or
 * the bare path of a Unix socket, which is taken as it is.
 * @throws ProblemError validation_failed, without the URL in it
 */
export function parseRedisUrl(text: string): Address {
  if (!text.includes('://')) {
    if (!/^\.{0,2}\//.test(text)) throw refuse(FORMS);
    return { path: text };
  }
  if (text.startsWith('unix://')) return socketAddress(text.slice('unix://'.length));
  const url = URL.parse(text);
  if (!url || !['redis:', 'rediss:'].includes(url.protocol)) throw refuse(FORMS);
  if (url.hostname === '') throw refuse('has no host');
  if (url.search !== '' || url.hash !== '') throw refuse('takes no parameters');
  const host = decoded(url.hostname).replace(/^\[(.*)\]$/, '$1');
  const db = url.pathname.replace(/^\//, '');
  return {
    host,
    port: url.port === '' ? 6379 : Number(url.port),
    ...(db === '' ? {} : { db: database(db) }),
    ...login(url.username, url.password),
    ...(url.protocol === 'rediss:' ? { tls: { servername: host } } : {}),
  };
}
