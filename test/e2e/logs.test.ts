import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ModelServer, startModelServer } from '../helpers/model-server.ts';
import { freePort } from '../helpers/ports.ts';
import { startProcess } from '../helpers/processes.ts';
import { startTestRedis, type TestRedis } from '../helpers/redis.ts';
import { dumpRedis, placesOf } from '../helpers/redis-dump.ts';
import type { Explanation } from '../helpers/stack.ts';

/*
 * What the shipped process writes to its log and leaves in Redis, at its most talkative level, while jobs end well, are
 * refused by a server that quotes what it was sent, and are refused by us.
 */

const LONG = 600_000;
const PROMPT = 'the marmoset of Antananarivo';
const ANSWER = 'a quagga from Ouagadougou';
const KEY = 'sk-endpoint-0123456789abcdef';

let redis: TestRedis;
let server: ModelServer;
let folder: string;
beforeAll(async () => {
  redis = await startTestRedis();
  server = await startModelServer({
    apiKey: KEY,
    answer: () => ANSWER,
    fail: ({ body }) =>
      JSON.stringify(body).includes('refuse this') ? { kind: 'status', status: 400, body: { error: { message: `cannot take ${JSON.stringify(body)} with ${KEY}`, code: 'bad' } } } : undefined,
  });
  folder = await mkdtemp(join(tmpdir(), 'wherefore-logs-'));
  await writeFile(join(folder, 'endpoints.json'), JSON.stringify({ endpoints: [{ name: 'local', base_url: server.url, models: ['m'], api_key_env: 'LOCAL_KEY' }] }));
}, LONG);
afterAll(async () => {
  await server.close();
  await redis.stop();
  await rm(folder, { recursive: true });
});

/** All that the process writes over three requests. */
async function talk(more: Record<string, string>): Promise<string> {
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  const env = { REDIS_URL: redis.url, ENDPOINTS_FILE: join(folder, 'endpoints.json'), LOCAL_KEY: KEY, PORT: String(port), LOG_LEVEL: 'trace', ...more };
  const running = await startProcess('src/bin/all.ts', env, { readyUrl: `${base}/healthz` });
  const post = async (body: object) =>
    (await fetch(`${base}/v1/explanations`, { method: 'POST', headers: { 'content-type': 'application/json', prefer: 'wait=60', authorization: `Bearer ${KEY}` }, body: JSON.stringify(body) })).json() as Promise<Explanation>;
  const request = (text: string) => ({ call: { model: 'm', temperature: 0, messages: [{ role: 'user', content: `Look. Here is ${PROMPT}. ${text}` }] }, scorer: { id: 'exact' }, method: { id: 'leave-one-out' } });
  expect((await post(request(`${JSON.stringify(more)} goes well.`))).status).toBe('completed');
  const failed = await post(request('Now refuse this.'));
  expect([failed.status, failed.error?.code]).toEqual(['failed', 'endpoint_refused']);
  expect(JSON.stringify(failed.error)).not.toMatch(/marmoset|sk-/);
  expect(await post({ ...request('Never sent.'), scorer: { id: PROMPT }, [PROMPT]: 1 })).toMatchObject({ code: 'validation_failed' });
  expect((await running.stop()).code).toBe(0);
  return running.stderr() + running.stdout();
}

it('the log holds no prompt, completion or key, and of the key nothing is in Redis', async () => {
  const log = await talk({});
  expect(log).toContain('explanation ended');
  for (const secret of [PROMPT, 'marmoset', ANSWER, 'quagga', KEY]) expect(log).not.toContain(secret);
  const dump = await dumpRedis(redis.url);
  expect(placesOf(dump, [KEY])).toEqual([]);
  // prompts lie where they are shown and in evaluations, never with the queue
  expect(placesOf(dump, [PROMPT, ANSWER]).filter((place) => /:(explanations|probes|webhooks):/.test(place))).toEqual([]);
}, LONG);

it('LOG_CONTENT lets prompts and completions in, and no key', async () => {
  const log = await talk({ LOG_CONTENT: 'true' });
  expect(log).toContain(PROMPT);
  expect(log).toContain(ANSWER);
  expect(log).not.toContain(KEY);
}, LONG);
