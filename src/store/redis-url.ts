import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { ProblemError } from '../errors.ts';

interface Host {
  host: string;
  port: number;
}

interface Tls {
  servername?: string;
  ca?: Buffer;
  cert?: Buffer;
  key?: Buffer;
}

/** Where a Redis is and how to log in, in ioredis' words. One of `host`, `path`, `sentinels` and `cluster` is there. */
export interface Address {
  host?: string;
  port?: number;
  path?: string;
  /** Who knows which server is the primary of this `name`. */
  sentinels?: Host[];
  name?: string;
  sentinelUsername?: string;
  sentinelPassword?: string;
  enableTLSForSentinelMode?: boolean;
  sentinelTLS?: Tls;
  /** Some nodes of a cluster; they know the others. */
  cluster?: Host[];
  username?: string;
  password?: string;
  db?: number;
  tls?: Tls;
}

/** The URL itself stays out of the message: it may hold a password. */
function refuse(reason: string): ProblemError {
  return new ProblemError('validation_failed', `the Redis URL ${reason}`);
}

const FORMS = 'must start with redis://, rediss://, redis-sentinel://, rediss-sentinel://, redis-cluster://, rediss-cluster:// or unix://, or be a path';

/** Parameters that each form takes; those of TLS with `rediss` only. */
const TLS_PARAMETERS = ['ca', 'cert', 'key', 'servername'];
const SENTINEL_PARAMETERS = ['sentinel_username', 'sentinel_password'];
const SOCKET_PARAMETERS = ['db', 'username', 'password'];

function parametersOf(query: string, known: readonly string[]): URLSearchParams {
  const parameters = new URLSearchParams(query);
  for (const name of parameters.keys()) if (!known.includes(name)) throw refuse('has an unknown parameter');
  return parameters;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw refuse('has a part that is not percent-encoded text');
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
  const more = parametersOf(query, SOCKET_PARAMETERS);
  const db = more.get('db');
  return {
    path: decoded(path),
    ...(db === null ? {} : { db: database(db) }),
    ...login(encodeURIComponent(more.get('username') ?? ''), encodeURIComponent(more.get('password') ?? '')),
  };
}

function hostsOf(text: string, port: number): Host[] {
  return text.split(',').map((entry) => {
    const [, name = '', given] = /^(\[[0-9A-Fa-f:.]+\]|[^:[\]]+)(?::(\d{1,5}))?$/.exec(entry) ?? [];
    if (name === '') throw refuse(text === '' ? 'has no host' : 'has a host that cannot be read');
    if (Number(given ?? port) > 65_535) throw refuse('has a port that cannot be');
    return { host: decoded(name).replace(/^\[(.*)\]$/, '$1'), port: Number(given ?? port) };
  });
}

function file(path: string | null): Buffer | undefined {
  if (path === null) return undefined;
  try {
    return readFileSync(path);
  } catch {
    throw refuse('names a file of TLS that cannot be read');
  }
}

/** @param host whose name the certificate has to bear; null, or an address: that of whatever is connected to */
function tlsOf(parameters: URLSearchParams, host: string | null): Tls {
  // RFC 6066 has no addresses there; the certificate is held against them all the same
  const servername = parameters.get('servername') ?? (host !== null && isIP(host) === 0 ? host : null);
  const [ca, cert, key] = ['ca', 'cert', 'key'].map((name) => file(parameters.get(name)));
  return { ...(servername === null ? {} : { servername }), ...(ca ? { ca } : {}), ...(cert ? { cert } : {}), ...(key ? { key } : {}) };
}

const URL_FORM = /^(rediss?)(-sentinel|-cluster)?:\/\/(?:([^@/?#]*)@)?([^@/?#]*)(?:\/([^?#]*))?(?:\?([^#]*))?$/;

/**
 * Reads `redis://[user[:password]@]host[:port][/db]`, `redis-sentinel://[user[:password]@]host[:port],…/name[/db]`,
 * `redis-cluster://[user[:password]@]host[:port],…`, each with `rediss` for TLS, `unix:///path[?db=&username=&password=]`
 * or the bare path of a Unix socket, which is taken as it is. With TLS, `ca`, `cert` and `key` name PEM files and
 * `servername` what the certificate is for; with Sentinel, `sentinel_username` and `sentinel_password` log in there.
 * @throws ProblemError validation_failed, without the URL in it
 */
export function parseRedisUrl(text: string): Address {
  if (!text.includes('://')) {
    if (!/^\.{0,2}\//.test(text)) throw refuse(FORMS);
    return { path: text };
  }
  if (text.startsWith('unix://')) return socketAddress(text.slice('unix://'.length));
  const match = URL_FORM.exec(text);
  if (!match) throw refuse(/^rediss?(-sentinel|-cluster)?:/.test(text) ? 'cannot be read' : FORMS);
  const [, scheme, kind = '', user = '', hosts = '', path = '', query = ''] = match;
  const secure = scheme === 'rediss';
  const parameters = parametersOf(query, [...(secure ? TLS_PARAMETERS : []), ...(kind === '-sentinel' ? SENTINEL_PARAMETERS : [])]);
  const colon = user.includes(':') ? user.indexOf(':') : user.length;
  const credentials = login(user.slice(0, colon), user.slice(colon + 1));
  const listed = hostsOf(hosts, kind === '-sentinel' ? 26_379 : 6379);
  const [first] = listed as [Host];
  if (kind === '-cluster') {
    if (path !== '') throw refuse('of a cluster names a database, and clusters have one only');
    return { cluster: listed, ...credentials, ...(secure ? { tls: tlsOf(parameters, null) } : {}) };
  }
  if (kind === '-sentinel') {
    const [name = '', db = ''] = path.split('/');
    if (name === '') throw refuse('of Sentinels names no primary: it stands behind the hosts, as in /mymaster');
    const [username, password] = SENTINEL_PARAMETERS.map((parameter) => parameters.get(parameter));
    return {
      sentinels: listed,
      name: decoded(name),
      ...(db === '' ? {} : { db: database(db) }),
      ...credentials,
      ...(username ? { sentinelUsername: username } : {}),
      ...(password ? { sentinelPassword: password } : {}),
      ...(secure ? { tls: tlsOf(parameters, null), sentinelTLS: tlsOf(parameters, null), enableTLSForSentinelMode: true } : {}),
    };
  }
  if (listed.length > 1) throw refuse('has several hosts: say redis-sentinel:// or redis-cluster://');
  return { ...first, ...(path === '' ? {} : { db: database(path) }), ...credentials, ...(secure ? { tls: tlsOf(parameters, first.host) } : {}) };
}
