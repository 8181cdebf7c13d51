import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ModelServer, startModelServer } from '../helpers/model-server.ts';
import { freePort } from '../helpers/ports.ts';
import { type RunningProcess, startProcess } from '../helpers/processes.ts';
import type { Explanation } from '../helpers/stack.ts';

/*
 * `npm start` as an operator runs it: one process, its own Redis, a file of endpoints, a file of keys.
 */

const KEY = 'caller-key-1';
const ENDPOINT_KEY = 'sk-endpoint-secret';

let folder: string;
let server: ModelServer;
let service: RunningProcess;
let base: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wherefore-start-'));
  server = await startModelServer({ answer: ({ text }) => (text.includes('tortoise') ? 'A tortoise.' : 'Nothing.'), apiKey: ENDPOINT_KEY });
  await writeFile(join(folder, 'endpoints.json'), JSON.stringify({ endpoints: [{ name: 'mine', base_url: server.url, models: ['m'], api_key_env: 'MINE_KEY' }] }));
  await writeFile(join(folder, 'keys.json'), JSON.stringify([{ owner: 'team', sha256: createHash('sha256').update(KEY).digest('hex') }]));
  const port = await freePort();
  base = `http://127.0.0.1:${port}`;
  service = await startProcess(
    'src/bin/all.ts',
    { PORT: String(port), DATA_DIR: join(folder, 'data'), ENDPOINTS_FILE: join(folder, 'endpoints.json'), API_KEYS_FILE: join(folder, 'keys.json'), MINE_KEY: ENDPOINT_KEY, LOG_LEVEL: 'trace' },
    { readyUrl: `${base}/readyz` },
  );
});

afterAll(async () => {
  await service?.stop();
  await server?.close();
  if (folder) await rm(folder, { recursive: true });
});

const job = { call: { model: 'm', messages: [{ role: 'user', content: 'It rains. Lars has a tortoise. What is it?' }], temperature: 0 }, method: { id: 'leave-one-out' } };

const send = (headers: Record<string, string>) =>
  fetch(`${base}/v1/explanations`, { method: 'POST', headers: { 'content-type': 'application/json', prefer: 'wait=30', ...headers }, body: JSON.stringify(job) });

describe('npm start on a file of endpoints and a file of keys', () => {
  it('explains a call to the configured server for who has a key', async () => {
    const reply = await send({ authorization: `Bearer ${KEY}` });
    expect(reply.status).toBe(200);
    const body = (await reply.json()) as Explanation;
    expect(body.error).toBeNull();
    expect(body.result?.completion).toBe('A tortoise.');
    expect(body.result?.scorer.rung).toBe('prompt_logprobs');
    const scores = body.result?.attributions[0]?.scores ?? [];
    expect(scores.indexOf(Math.max(...scores.map((score) => score ?? 0)))).toBe(1);
  });

  it.each<Record<string, string>>([{}, { authorization: 'Bearer wrong' }, { authorization: `Basic ${KEY}` }])('tells nobody else anything: %j', async (headers) => {
    const reply = await send(headers);
    expect(reply.status).toBe(401);
    expect(reply.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  });

  it('logs no key, no prompt and no answer, at any level', async () => {
    const read = () => service.stdout() + service.stderr();
    // lines are written in lots, a moment later
    while (!read().includes('explanation ended')) await new Promise((resolve) => setTimeout(resolve, 20));
    const log = read();
    for (const secret of [KEY, ENDPOINT_KEY, 'tortoise', 'It rains']) expect(log).not.toContain(secret);
  });

  it('shows no secret and no address of an endpoint', async () => {
    const text = await (await fetch(`${base}/v1/endpoints`, { headers: { authorization: `Bearer ${KEY}` } })).text();
    expect(text).toContain('"mine"');
    for (const secret of [ENDPOINT_KEY, server.url]) expect(text).not.toContain(secret);
  });

  it('ends in order on SIGTERM and takes its Redis with it', async () => {
    expect(await service.stop()).toEqual({ code: 0, signal: null });
  });
});

describe('a configuration that cannot work ends with 78 and says why', () => {
  it.each<[string, string, Record<string, string>, RegExp]>([
    ['a worker alone without Redis', 'src/bin/worker.ts', {}, /REDIS_URL/],
    ['open to others without keys', 'src/bin/all.ts', { HOST: '0.0.0.0' }, /API_KEYS_FILE/],
    ['a file that is not there', 'src/bin/all.ts', { ENDPOINTS_FILE: '/nowhere.json' }, /ENDPOINTS_FILE/],
    ['a number that is none', 'src/bin/all.ts', { PORT: 'many' }, /PORT/],
  ])('%s', async (_, entry, env, message) => {
    const process = await startProcess(entry, { DATA_DIR: join(folder, 'other'), ...env }, { readyAtOnce: true });
    const ending = await process.exit;
    expect(ending.code).toBe(78);
    expect(process.stderr()).toMatch(message);
  });
});
