import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { closeConnection, connect } from '../../src/store/connections.ts';
import { inspect } from '../../src/store/inspect.ts';
import { makeCertificate } from '../helpers/certificate.ts';
import { type Server, startCluster, startSentinels, startServer, startTlsServer } from '../helpers/redis-servers.ts';
import { ended, type Explanation, explainAndWait, type Stack, startStack } from '../helpers/stack.ts';
import { until } from './store-kit.ts';

/*
 * The whole service over Redis as operators run it: three nodes of a cluster, Sentinels that replace a primary, and TLS.
 */

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function stackOn(redisUrl: string): Promise<Stack> {
  const stack = await startStack({ redisUrl });
  closers.push(() => stack.close());
  return stack;
}

const body = (text: string) => ({
  call: { model: 'tiny-reader', temperature: 0, max_tokens: 8, messages: [{ role: 'user', content: `${text} Lars has a pet tortoise. The sky was clear.` }] },
  completion: 'A tortoise.',
  method: { id: 'leave-one-out' },
});

/** What callers do with jobs, from submission to erasure. */
async function useAll({ app }: Stack, text: string): Promise<void> {
  const { body: job } = await explainAndWait(app, body(text), { 'idempotency-key': text });
  expect([job.status, job.error]).toEqual(['completed', null]);
  expect((await app.inject(`/v1/explanations/${job.id}/events`)).body).toContain('event: completed');
  expect((await app.inject({ method: 'POST', url: `/v1/explanations/${job.id}/attributions`, payload: { targets: [{ kind: 'sentences' }] } })).statusCode).toBe(200);
  const other = (await app.inject({ method: 'POST', url: '/v1/explanations', payload: body(`${text} Again.`) })).json<Explanation>();
  await app.inject({ method: 'POST', url: `/v1/explanations/${other.id}/cancel`, payload: {} });
  expect(['cancelled', 'completed']).toContain((await ended(app, other.id)).status);
  expect((await app.inject('/v1/explanations')).json<{ data: unknown[] }>().data.length).toBeGreaterThan(1);
  expect((await app.inject('/readyz')).json()).toMatchObject({ status: 'ready', redis: true });
  expect((await app.inject({ method: 'DELETE', url: `/v1/explanations/${job.id}` })).statusCode).toBe(204);
  expect((await app.inject(`/v1/explanations/${job.id}`)).statusCode).toBe(404);
}

describe('the service', () => {
  it('runs on a cluster of three nodes, whichever of them is named, with all its keys on one', async () => {
    const nodes = await startCluster();
    closers.push(async () => void (await Promise.all(nodes.map((node) => node.stop()))));
    for (const named of nodes) await useAll(await stackOn(`redis-cluster://127.0.0.1:${named.port}`), `By ${named.port}.`);
    const sizes = await Promise.all(nodes.map(({ admin }) => admin.dbsize()));
    expect(sizes.filter((size) => size > 0)).toHaveLength(1);
  });

  it('goes on at the new primary when Sentinels replace the one that was killed', async () => {
    const watched = await startSentinels();
    closers.push(() => watched.stop());
    const stack = await stackOn(`redis-sentinel://${watched.sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',')}/main`);
    await useAll(stack, 'Before.');
    const before = (await explainAndWait(stack.app, body('Kept.'))).body;
    // replication is not waited for by Redis: what is to be found afterwards has to be there
    await watched.primary.admin.wait(1, 0);
    await watched.primary.kill9();
    await until(async () => (await watched.replica.admin.info('replication')).includes('role:master'));
    await until(async () => (await stack.app.inject('/readyz')).statusCode === 200);
    expect((await stack.app.inject(`/v1/explanations/${before.id}`)).json()).toEqual(before);
    await useAll(stack, 'After.');
  });

  it('speaks TLS with a certificate that it can check, its own where the server asks for one, and with no other', async () => {
    const [certificate, stranger] = [await makeCertificate('DNS:localhost,IP:127.0.0.1'), await makeCertificate('DNS:localhost,IP:127.0.0.1')];
    closers.push(certificate.remove, stranger.remove);
    const open = await startTlsServer(certificate.folder, 'no');
    const strict = await startTlsServer(certificate.folder, 'yes');
    closers.push(open.stop, strict.stop);
    const ca = `ca=${certificate.folder}/cert.pem`;
    const own = `cert=${certificate.folder}/cert.pem&key=${certificate.folder}/key.pem`;
    await useAll(await stackOn(`rediss://localhost:${open.port}?${ca}`), 'By name.');
    await useAll(await stackOn(`rediss://127.0.0.1:${strict.port}?${ca}&${own}`), 'By address.');
    for (const url of [`rediss://localhost:${open.port}`, `rediss://localhost:${open.port}?ca=${stranger.folder}/cert.pem`, `rediss://localhost:${open.port}?${ca}&servername=other.test`, `rediss://localhost:${strict.port}?${ca}`]) {
      const errors: Error[] = [];
      const redis = connect(url, 'producer', (error) => errors.push(error));
      onTestFinished(() => closeConnection(redis));
      await until(() => errors.length > 1);
      expect(redis.status).not.toBe('ready');
    }
  });
});

describe('at its start the service looks at its Redis', () => {
  async function faults(server: Server, purpose: 'queue' | 'cache', scheme = 'redis'): Promise<string[]> {
    const redis = connect(`${scheme}://127.0.0.1:${server.port}`, 'producer');
    onTestFinished(() => closeConnection(redis));
    await until(() => redis.status === 'ready');
    return inspect(redis, purpose);
  }

  it('and says what could lose jobs: eviction, no append-only file, a replica, a node of a cluster', async () => {
    const sound = await startServer('--appendonly', 'yes');
    const evicting = await startServer('--appendonly', 'yes', '--maxmemory-policy', 'allkeys-lru');
    const forgetful = await startServer('--appendonly', 'no');
    const replica = await startServer('--appendonly', 'yes', '--replicaof', '127.0.0.1', String(sound.port));
    closers.push(replica.stop, forgetful.stop, evicting.stop, sound.stop);
    expect(await faults(sound, 'queue')).toEqual([]);
    expect(await faults(evicting, 'queue')).toEqual([expect.stringContaining('maxmemory-policy allkeys-lru')]);
    expect(await faults(evicting, 'cache')).toEqual([]);
    expect(await faults(forgetful, 'queue')).toEqual([expect.stringContaining('append-only')]);
    expect(await faults(replica, 'queue')).toEqual([expect.stringContaining('replica')]);
    const nodes = await startCluster();
    closers.push(async () => void (await Promise.all(nodes.map((node) => node.stop()))));
    await nodes[1]?.admin.config('SET', 'maxmemory-policy', 'allkeys-lru');
    expect(await faults(nodes[0] as Server, 'queue')).toContainEqual(expect.stringContaining('redis-cluster://'));
    expect(await faults(nodes[0] as Server, 'queue', 'redis-cluster')).toContainEqual(expect.stringContaining('allkeys-lru'));
  });
});
