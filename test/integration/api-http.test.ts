import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildApp } from '../../src/api/app.ts';
import { offlineBatches, offlineRates, offlineWebhooks } from '../../src/api/offline.ts';
import { NO_TERMS } from '../../src/service/terms.ts';
import { createAuthenticator } from '../../src/api/auth.ts';
import { problemSchema } from '../../src/contract/problem.ts';
import { BODY, MAX_BODY_BYTES } from '../unit/api/app.ts';
import { MemoryHealth } from '../unit/api/memory-health.ts';
import { MemoryService } from '../unit/api/memory-service.ts';

/*
 * What only a real connection shows: input that is not HTTP, callers that go away, closing.
 */

/** Tells when a reply is held, and when it is held no longer. */
class Watched extends MemoryService {
  readonly held = Promise.withResolvers<AbortSignal>();
  readonly released = Promise.withResolvers<string>();

  override async readWhenEnded(...[owner, id, milliseconds, signal]: Parameters<MemoryService['readWhenEnded']>) {
    this.held.resolve(signal);
    const job = await super.readWhenEnded(owner, id, milliseconds, signal);
    this.released.resolve(job.status);
    return job;
  }
}

describe('over a connection', () => {
  let app: Awaited<ReturnType<typeof buildApp>>;
  let service: Watched;
  let port: number;
  let url: string;

  beforeEach(async () => {
    service = new Watched();
    app = await buildApp({
      service,
      batches: offlineBatches,
      webhooks: offlineWebhooks,
    terms: () => NO_TERMS,
    rates: offlineRates,
      health: new MemoryHealth(),
      auth: createAuthenticator([]),
      settings: { maxBodyBytes: MAX_BODY_BYTES, maxBatchBytes: MAX_BODY_BYTES, version: '0', docs: false, corsOrigins: [] },
      logger: false,
    });
    await app.listen({ host: '127.0.0.1', port: 0 });
    ({ port } = app.server.address() as AddressInfo);
    url = `http://127.0.0.1:${port}/v1/explanations`;
  });
  afterEach(async () => app.close());

  const headers = { 'content-type': 'application/json' };

  /** Everything that comes back for these bytes until the other side closes. */
  async function raw(bytes: string): Promise<{ head: string; body: string }> {
    const socket = connect(port, '127.0.0.1');
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.end(bytes);
    await once(socket, 'close');
    const [head = '', body = ''] = Buffer.concat(chunks).toString().split('\r\n\r\n');
    return { head, body };
  }

  it.each([
    ['what is not HTTP', 'hello\r\n\r\n'],
    ['headers that are too large', `GET /healthz HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(40_000)}\r\n\r\n`],
    ['an unreadable header', 'GET /healthz HTTP/1.1\r\nHost: x\r\nX Y: z\r\n\r\n'],
  ])('answers %s with a problem', async (_name, bytes) => {
    const { head, body } = await raw(bytes);
    expect(head).toMatch(/^HTTP\/1\.1 400 /);
    expect(head).toContain('Content-Type: application/problem+json');
    const problem = problemSchema.parse(JSON.parse(body));
    expect(problem.code).toBe('validation_failed');
    expect(head).toContain(`X-Request-Id: ${problem.request_id}`);
  });

  it('counts the bytes of a body that does not say its length', async () => {
    const part = new TextEncoder().encode('x'.repeat(MAX_BODY_BYTES));
    const stream = new ReadableStream({
      start(controller) {
        controller.enqueue(part);
        controller.enqueue(part);
        controller.close();
      },
    });
    const reply = await fetch(url, { method: 'POST', headers, body: stream, duplex: 'half' });
    expect(reply.status).toBe(413);
    expect(problemSchema.parse(await reply.json()).errors?.map(({ pointer }) => pointer)).toEqual(['']);
  });

  it('holds a reply for a caller who stays', async () => {
    const asked = fetch(url, { method: 'POST', headers: { ...headers, prefer: 'wait=60' }, body: JSON.stringify(BODY) });
    const signal = await service.held.promise;
    // the body has been read for long after two more requests, which must not count as going away
    for (let times = 0; times < 2; times += 1) await fetch(url);
    expect(signal.aborted).toBe(false);
    service.complete((await service.read('local', 'latest')).id);
    expect((await asked).status).toBe(200);
  });

  it('stops waiting for a caller who has gone', async () => {
    const gone = new AbortController();
    const asked = fetch(url, {
      method: 'POST',
      headers: { ...headers, prefer: 'wait=60' },
      body: JSON.stringify(BODY),
      signal: gone.signal,
    });
    await service.held.promise;
    gone.abort();
    await expect(asked).rejects.toThrow('aborted');
    expect(await service.released.promise).toBe('queued');
    expect((await service.read('local', 'latest')).status).toBe('queued');
  });

  it('ends held replies when it closes', async () => {
    const asked = fetch(url, { method: 'POST', headers: { ...headers, prefer: 'wait=60' }, body: JSON.stringify(BODY) });
    await service.held.promise;
    const closed = app.close();
    const reply = await asked;
    expect(reply.status).toBe(202);
    expect(await reply.json()).toMatchObject({ status: 'queued' });
    await closed;
  });
});
