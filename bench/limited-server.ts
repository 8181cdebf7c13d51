import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/*
 * Model servers for the benchmarks of traffic, over real HTTP. Everything is told on the server's own clock of arrivals.
 */

export interface Arrival {
  /** performance.now() of the server. */
  at: number;
  owner: string;
  taken: boolean;
  /** Until when the server wants to be left alone, where it said so. */
  until: number | null;
}

export interface Limited {
  url: string;
  arrivals: Arrival[];
  close: () => Promise<void>;
}

export interface LimitedOptions {
  /** Requests per second, and how many it takes at once after a rest. */
  rate: number;
  burst: number;
  /** Whether a 429 names whole seconds, as most servers do. */
  retryAfter: boolean;
  latencyMs: number;
}

type Handle = (body: { messages?: { content: string }[]; prompt?: unknown }) => Promise<{ status: number; headers?: Record<string, string>; body: object }>;

/** A server on a free port of loopback. */
export async function serve(handle: Handle): Promise<{ url: string; close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Parameters<Handle>[0];
      void handle(body).then((reply) => {
        response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers });
        response.end(JSON.stringify(reply.body));
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

export const sleep = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

const ANSWER = { choices: [{ index: 0, message: { role: 'assistant', content: 'yes' }, finish_reason: 'stop' }] };

/** A chat server with a token bucket; the last message names the owner. */
export async function startLimited({ rate, burst, retryAfter, latencyMs }: LimitedOptions): Promise<Limited> {
  const arrivals: Arrival[] = [];
  let [tokens, last] = [burst, performance.now()];
  const { url, close } = await serve(async (body) => {
    const at = performance.now();
    tokens = Math.min(burst, tokens + ((at - last) * rate) / 1_000);
    last = at;
    const owner = body.messages?.at(-1)?.content.split(' ')[0] ?? '';
    const taken = tokens >= 1;
    if (taken) tokens -= 1;
    const seconds = Math.max(1, Math.ceil((1 - tokens) / rate));
    arrivals.push({ at, owner, taken, until: taken || !retryAfter ? null : at + seconds * 1_000 });
    if (!taken) return { status: 429, headers: retryAfter ? { 'retry-after': String(seconds) } : {}, body: { error: { message: 'slow down' } } };
    await sleep(latencyMs);
    return { status: 200, body: ANSWER };
  });
  return { url, arrivals, close };
}
