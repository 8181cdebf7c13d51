import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { note, openEndpoint } from '../helpers/endpoint-kit.ts';

/*
 * Azure's dated routes: the deployment in the path, `api-version` in the query, the key in a header of its own; anything
 * else is refused, as Azure does (its error bodies have OpenAI's shape).
 */

const KEY = 'azure-key-not-to-be-seen';
const VERSION = '2025-01-01-preview';
const BASE = '/openai/deployments/gpt';

interface Seen {
  url: string;
  headers: IncomingHttpHeaders;
}

async function serveAzure(): Promise<{ url: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    request.resume();
    seen.push({ url: request.url ?? '', headers: request.headers });
    const url = new URL(request.url ?? '', 'http://azure');
    const reply = (status: number, body: object) => void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (request.headers['api-key'] !== KEY) return reply(401, { error: { code: '401', message: `Access denied due to invalid subscription key ${String(request.headers['api-key'])}` } });
    if (url.searchParams.get('api-version') !== VERSION || url.pathname !== `${BASE}/chat/completions`) return reply(404, { error: { code: '404', message: 'Resource not found' } });
    return reply(200, { choices: [{ index: 0, message: { role: 'assistant', content: 'Vilnius.' }, finish_reason: 'stop' }], usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 } });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => void server.close(() => resolve())));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${BASE}`, seen };
}

const call = { model: 'gpt', messages: [{ role: 'user', content: 'Where?' }] };

it('sends the version in the query and the key in its own header, and nothing as a bearer token', async () => {
  const { url, seen } = await serveAzure();
  const { endpoint, close } = openEndpoint(url, { apiKey: KEY, keyHeader: 'api-key', apiVersion: VERSION });
  onTestFinished(close);
  const noted = await note(1, (options) => endpoint.generate([call], options));
  expect(noted.outcomes).toMatchObject([{ kind: 'generated', completion: { text: 'Vilnius.' } }]);
  expect(seen.map((each) => each.url)).toEqual([`${BASE}/chat/completions?api-version=${VERSION}`]);
  expect(seen[0]?.headers.authorization).toBeUndefined();
});

it('tells answers of another version apart, and shows no key where it is refused', async () => {
  const { url } = await serveAzure();
  const right = openEndpoint(url, { apiKey: KEY, keyHeader: 'api-key', apiVersion: VERSION });
  const other = openEndpoint(url, { apiKey: 'wrong-azure-key', keyHeader: 'api-key', apiVersion: '2024-06-01' });
  onTestFinished(right.close);
  onTestFinished(other.close);
  expect(other.endpoint.identity).not.toBe(right.endpoint.identity);
  const refused = await note(1, (options) => other.endpoint.generate([call], options)).then(() => null, (error: Error) => error);
  expect(refused).toMatchObject({ code: 'endpoint_refused' });
  expect(refused?.message).not.toContain('wrong-azure-key');
});
