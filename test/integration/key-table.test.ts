import { readFileSync } from 'node:fs';
import { expect, it, onTestFinished } from 'vitest';
import { BODY_EXAMPLES } from '../../src/contract/examples.ts';
import { startReceiver } from '../helpers/receiver.ts';
import { dumpRedis } from '../helpers/redis-dump.ts';
import { ended, startStack } from '../helpers/stack.ts';

/** The names of docs/storage.md as expressions: `{id}` is anything, `*` too. */
function documented(): RegExp[] {
  const page = readFileSync(new URL('../../docs/storage.md', import.meta.url), 'utf8');
  return [...page.matchAll(/^\| `(:[^`]+)`/gm)].map(([, name = '']) => new RegExp(`^${name.replaceAll(/\{[^}]+\}|\*/g, '.+')}$`));
}

/** BullMQ's own, whose size is bounded instead. */
const QUEUES = /^:(explanations|probes|webhooks):/;

/** One for the whole service: what signing secrets are derived from must outlive everything that is signed. */
const STAYS = [':signing'];

it('every key that a busy service leaves in Redis is in docs/storage.md, and all but the queues’ own have a life', async () => {
  const receiver = await startReceiver();
  onTestFinished(() => receiver.close());
  const stack = await startStack();
  onTestFinished(() => stack.close());
  const { app } = stack;
  const job = BODY_EXAMPLES['createExplanation']?.['passage']?.value as object;
  const webhook = { url: `${receiver.url}/done` };
  const post = async (url: string, payload: object) => app.inject({ method: 'POST', url, payload, headers: { 'idempotency-key': url } });
  const { id } = (await post('/v1/explanations', { ...job, scorer: { id: 'embedding' }, webhook })).json<{ id: string }>();
  expect((await post('/v1/batches', { requests: [job, job], webhook })).statusCode).toBe(202);
  expect((await post('/v1/endpoints/demo/probe', {})).statusCode).toBe(200);
  await ended(app, id);
  expect((await app.inject({ url: `/v1/explanations/${id}` })).statusCode).toBe(200);
  const patterns = documented();
  expect(patterns.length).toBeGreaterThan(15);
  const entries = (await dumpRedis(stack.redis.url)).map(({ key, life }) => ({ name: key.replace(/^\{test\}/, ''), life }));
  expect(entries.length).toBeGreaterThan(15);
  expect(entries.filter(({ name }) => !patterns.some((pattern) => pattern.test(name))).map(({ name }) => name)).toEqual([]);
  expect(entries.filter(({ name, life }) => life < 0 && !QUEUES.test(name)).map(({ name }) => name)).toEqual(STAYS);
});
