import { isIP } from 'node:net';
import { Agent, buildConnector, fetch as undiciFetch } from 'undici';
import { isPrivateAddress, PrivateAddressError, publicLookup } from './private-network.ts';

/** A list of 64 echoed prompts of 8,000 tokens is about half of this. */
const MAX_REPLY_BYTES = 128 * 1024 * 1024;

/** Nothing else leaves: the client would add the machine's platform, and headers from variables of its own. */
const SENT_HEADERS = new Set(['accept', 'authorization', 'content-type', 'user-agent']);

export interface Network {
  fetch: typeof globalThis.fetch;
  close(): Promise<void>;
}

/** Refuses private addresses however they are written: URL literals first, then everything that a name resolves to. */
function publicConnector(): buildConnector.connector {
  const connect = buildConnector({ lookup: publicLookup, allowH2: false });
  return (options, callback) => {
    const host = options.hostname.replace(/^\[(.*)\]$/, '$1');
    if (isIP(host) !== 0 && isPrivateAddress(host)) callback(new PrivateAddressError(), null);
    else connect(options, callback);
  };
}

/**
 * HTTP for one endpoint. Agent and fetch come from the same undici: Node's own fetch refuses another version's agent.
 * Sockets idle for less than the 5 s after which llama.cpp and uvicorn close theirs. The agent has no time limits,
 * since a long list may take minutes; the caller's signal carries the deadline.
 */
export function createNetwork({
  connections,
  allowPrivateNetwork,
}: {
  connections: number;
  allowPrivateNetwork: boolean;
}): Network {
  const agent = new Agent({
    connections,
    pipelining: 1,
    allowH2: false,
    keepAliveTimeout: 3_000,
    keepAliveMaxTimeout: 4_000,
    headersTimeout: 0,
    bodyTimeout: 0,
    maxResponseSize: MAX_REPLY_BYTES,
    ...(allowPrivateNetwork ? {} : { connect: publicConnector() }),
  });
  const send = (input: string, init: Parameters<typeof undiciFetch>[1] & object) => {
    const headers = [...new Headers(init.headers as ConstructorParameters<typeof Headers>[0])].filter(([name]) =>
      SENT_HEADERS.has(name),
    );
    return undiciFetch(input, { ...init, headers, dispatcher: agent, redirect: 'error' });
  };
  // the types of Node's fetch belong to its own undici; at run time the client only reads what both have
  return { fetch: send as unknown as typeof globalThis.fetch, close: () => agent.destroy() };
}
