import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { Agent, buildConnector, fetch as undiciFetch } from 'undici';
import { hostOf, isAddress, isPublicAddress } from './address.ts';

class ForbiddenAddressError extends Error {
  override readonly name = 'ForbiddenAddressError';
  readonly code = 'EFORBIDDENADDRESS';
  constructor() {
    super('the address is in a private network, which may not be reached from here');
  }
}

/** Which addresses may be connected to; null = all. */
export type Permits = ((address: string) => boolean) | null;

/** Only the public internet: for every URL that the operator has not written. */
export const PUBLIC_ONLY: Permits = isPublicAddress;

export interface NetworkOptions {
  /** Connections to one server at most. */
  connections: number;
  permits: Permits;
  /** Names of the headers that leave, in lower case; what else a client adds stays here. null = all. */
  headers: ReadonlySet<string> | null;
  /** A reply that is larger fails. */
  maxReplyBytes: number;
  /** How names are resolved; Node's own when left out. */
  resolve?: LookupFunction;
}

export interface Network {
  /** Never follows a redirect. The caller's signal carries the deadline: there is no other. */
  fetch: typeof globalThis.fetch;
  close(): Promise<void>;
}

/**
 * A look-up that fails when a name resolves to any address that is not permitted. The connection is made to what it gives,
 * without a second look-up, so that an answer which changes afterwards changes nothing.
 */
export function permittedLookup(permits: (address: string) => boolean, resolve: LookupFunction = lookup): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, '', 0);
      const addresses = Array.isArray(found) ? found : [];
      const first = addresses[0];
      if (!first || addresses.some(({ address }) => !permits(address))) return callback(new ForbiddenAddressError(), '', 0);
      if (options.all) return callback(null, addresses);
      return callback(null, first.address, first.family);
    });
  };
}

/** Addresses in the URL never pass a look-up, so they are checked by themselves, for http and https alike. */
function permittedConnector(permits: (address: string) => boolean, resolve: LookupFunction | undefined): buildConnector.connector {
  const connect = buildConnector({ lookup: permittedLookup(permits, resolve), allowH2: false });
  return (options, callback) => {
    const host = hostOf(options);
    if (isAddress(host) && !permits(host)) callback(new ForbiddenAddressError(), null);
    else connect(options, callback);
  };
}

/**
 * The one way out to servers. Agent and fetch come from the same undici: Node's own fetch refuses another version's agent.
 * Sockets idle for less than the 5 s after which llama.cpp and uvicorn close theirs. The agent has no time limits, since a
 * long list may take minutes.
 */
export function createNetwork({ connections, permits, headers: sent, maxReplyBytes, resolve }: NetworkOptions): Network {
  const agent = new Agent({
    connections,
    pipelining: 1,
    allowH2: false,
    keepAliveTimeout: 3_000,
    keepAliveMaxTimeout: 4_000,
    headersTimeout: 0,
    bodyTimeout: 0,
    maxResponseSize: maxReplyBytes,
    ...(permits === null ? {} : { connect: permittedConnector(permits, resolve) }),
  });
  const send = (input: string, init: Parameters<typeof undiciFetch>[1] & object = {}) => {
    const given = init.headers as ConstructorParameters<typeof Headers>[0];
    // a copy would check each name and value once more, and fetch does it anyway
    const headers = [...(given instanceof Headers ? given : new Headers(given))].filter(([name]) => sent?.has(name) ?? true);
    return undiciFetch(input, { ...init, headers, dispatcher: agent, redirect: 'error' });
  };
  // the types of Node's fetch belong to its own undici; at run time the client only reads what both have
  return { fetch: send as unknown as typeof globalThis.fetch, close: () => agent.destroy() };
}
