import { expect, it, onTestFinished } from 'vitest';
import { closeConnection, connect } from '../../src/store/connections.ts';
import { createKeys } from '../../src/store/keys.ts';
import { type Explanation, startStack } from '../helpers/stack.ts';
import { until } from './store-kit.ts';

/*
 * A job that no worker can end fails, says why, and is not tried for ever.
 */

const call = { model: 'm', messages: [{ role: 'user', content: 'One is here. Two is here.' }] };

async function open(options: Parameters<typeof startStack>[0]) {
  const stack = await startStack({ workers: 0, ...options });
  const redis = connect(stack.redis.url, 'producer');
  onTestFinished(async () => {
    await closeConnection(redis);
    await stack.close();
  });
  await until(() => redis.status === 'ready');
  const post = async () => (await stack.app.inject({ method: 'POST', url: '/v1/explanations', payload: { call } })).json<Explanation>().id;
  return { stack, redis, keys: createKeys('{test}'), post };
}

it('a job that no worker can read fails, says why, and is tried no more', async () => {
  const { stack, redis, keys, post } = await open({ endpoints: [{ baseUrl: 'http://127.0.0.1:9/v1' }] });
  const id = await post();
  await redis.hset(keys.job(id), 'request', '{"what":"no worker knows"}');
  await stack.addWorker();
  await until(async () => (await redis.hget(keys.job(id), 'status')) === 'failed');
  expect(JSON.parse((await redis.hget(keys.job(id), 'error')) ?? '')).toMatchObject({ code: 'outdated_job', request_id: id });
  await until(async () => (await redis.exists(keys.queueJob(id))) === 0);
}, 120_000);
