import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isDeepStrictEqual } from 'node:util';

/*
 * One exchange with a real server of a dialect each, in test/fixtures/endpoints/<dialect>/<name>.json.
 */

export interface Fixture {
  /** Where it is from: recorded, or what of a server's source it was written after. */
  source: string;
  request: { method: 'GET' | 'POST'; path: string; body: Record<string, unknown> | null };
  status: number;
  headers: Record<string, string>;
  reply: unknown;
}

const ROOT = new URL('../fixtures/endpoints/', import.meta.url);

/** All fixtures, `dialect/name` to what it holds. */
export function endpointFixtures(): Map<string, Fixture> {
  const files = readdirSync(ROOT, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.json')).sort();
  return new Map(files.map((file) => [file.slice(0, -'.json'.length).replaceAll('\\', '/'), JSON.parse(readFileSync(new URL(file, ROOT), 'utf8')) as Fixture]));
}

export interface Replay {
  /** Base URL, /v1 included. */
  url: string;
  /** Requests that no fixture answers. */
  strays: unknown[];
  close(): Promise<void>;
}

/** A server that answers exactly the requests of these fixtures, each with its reply, and nothing else. */
export async function replay(fixtures: readonly Fixture[]): Promise<Replay> {
  const strays: unknown[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    request.on('end', () => {
      const asked = { method: request.method, path: request.url, body: text === '' ? null : (JSON.parse(text) as unknown) };
      const found = fixtures.find((each) => isDeepStrictEqual({ ...each.request }, asked));
      if (!found) strays.push(asked);
      response.writeHead(found?.status ?? 599, { 'content-type': 'application/json', ...found?.headers });
      response.end(found ? JSON.stringify(found.reply) : '{"error":"no fixture answers this"}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    strays,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
