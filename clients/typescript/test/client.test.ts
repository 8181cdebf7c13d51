import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ModelServer, startModelServer } from '../../../test/helpers/model-server.ts';
import { type Stack, startStack } from '../../../test/helpers/stack.ts';
import { type ExplanationEvent, type ExplanationRequest, Wherefore, WhereforeError } from '../src/index.ts';

/*
 * The client against the real service over HTTP: Redis, API, worker, and a model server that answers what the test plants.
 */

let server: ModelServer;
let stack: Stack;
let baseUrl: string;
let client: Wherefore;

beforeAll(async () => {
  server = await startModelServer({ answer: ({ text }) => (text.includes('needle') ? 'found' : 'lost'), echo: 'off', promptLogprobs: false, tokenize: false, chatLogprobs: false, latencyMs: 5 });
  stack = await startStack({ endpoints: [{ baseUrl: server.url }] });
  baseUrl = await stack.app.listen({ host: '127.0.0.1', port: 0 });
  client = new Wherefore({ baseUrl });
});

afterAll(async () => {
  await stack?.close();
  await server?.close();
});

const request = (text: string, more: Partial<ExplanationRequest> = {}): ExplanationRequest => ({
  call: { model: 'm', temperature: 0, messages: [{ role: 'user', content: `${text} A needle is in it. The barn is red.` }] },
  completion: 'found',
  method: { id: 'leave-one-out' },
  scorer: { id: 'exact' },
  ...more,
});

/** So many units, each asked for: enough to be met in the middle. */
const long = (text: string) => request(`${text} ${Array.from({ length: 400 }, (_, index) => `Hen ${index} is brown.`).join(' ')}`, { budget: { calls: 600 } });

/** A fetch that does something else where the test wants, and counts by `METHOD path`. */
function fetching(instead: (name: string, times: number, go: () => Promise<Response>, headers: Headers) => Promise<Response> | null) {
  const seen: string[] = [];
  const fetch: typeof globalThis.fetch = (input, init) => {
    const name = `${init?.method} ${new URL(input).pathname.replace(/exp_\w+/, ':id')}`;
    seen.push(name);
    const go = () => globalThis.fetch(input, init);
    return instead(name, seen.filter((one) => one === name).length, go, new Headers(init?.headers)) ?? go();
  };
  return { seen, client: new Wherefore({ baseUrl, fetch }) };
}

const lost = () => Promise.reject(new TypeError('fetch failed'));

describe('explain', () => {
  it('submits, follows and gives the result', async () => {
    const events: ExplanationEvent[] = [];
    const { status, result } = await client.explain(request('The hay is dry.'), { onEvent: (event) => events.push(event) });
    expect(status).toBe('completed');
    const scores = result?.attributions[0]?.scores ?? [];
    expect(result?.units.map((unit) => [unit.text.trim(), scores[unit.index]])).toEqual([['The hay is dry.', 0], ['A needle is in it.', 1], ['The barn is red.', 0]]);
    expect(events[0]).toEqual({ type: 'status', data: { status: 'queued' } });
    expect(events.at(-1)?.type).toBe('completed');
    expect(events.some(({ type }) => type === 'progress')).toBe(true);
  });

  it('goes on after the last event where the stream breaks, and tells none twice', async () => {
    const whole: ExplanationEvent[] = [];
    const resumed: (string | null)[] = [];
    const { client: broken } = fetching((name, times, go, headers) => {
      if (!name.endsWith('/events')) return null;
      resumed.push(headers.get('last-event-id'));
      if (times > 1) return null;
      return go().then((reply) => {
        let seen = '';
        const decoder = new TextDecoder();
        const cut = new TransformStream<Uint8Array, Uint8Array>({
          transform(chunk, controller) {
            // an error takes along what was not read yet, so that it comes with the next piece
            if (seen.includes('event:')) return controller.error(new TypeError('terminated'));
            seen += decoder.decode(chunk, { stream: true });
            controller.enqueue(chunk);
          },
        });
        return new Response(reply.body?.pipeThrough(cut) ?? null, { headers: reply.headers });
      });
    });
    const { id } = await broken.explain(request('The stream breaks.'), { onEvent: (event) => whole.push(event) });
    expect(resumed[0]).toBeNull();
    expect(resumed[1]).toMatch(/^\d+-\d+$/);
    const again: ExplanationEvent[] = [];
    for await (const event of client.follow(id)) again.push(event);
    expect(whole).toEqual(again);
  });

  it('polls where no stream comes through', async () => {
    const { client: polling, seen } = fetching((name) => (name.endsWith('/events') ? Promise.resolve(new Response('<html>', { headers: { 'content-type': 'text/html' } })) : null));
    expect((await polling.explain(request('A proxy stands in between.'))).status).toBe('completed');
    expect(seen.filter((name) => name.endsWith('/events'))).toHaveLength(1);
    expect(seen).toContain('GET /v1/explanations/:id');
  });

  it('makes one job of a submission whose reply was lost', async () => {
    const { client: unlucky, seen } = fetching((name, times, go) => (name === 'POST /v1/explanations' && times === 1 ? go().then(lost) : null));
    const { id } = await unlucky.explain(request('The reply is lost.'));
    expect(seen.filter((name) => name === 'POST /v1/explanations')).toHaveLength(2);
    const same: string[] = [];
    for await (const each of client.list()) if (JSON.stringify(each.request).includes('The reply is lost.')) same.push(each.id);
    expect(same).toEqual([id]);
  });

  it('cancels the job when it is called off', async () => {
    const stop = new AbortController();
    const reason = new Error('no longer wanted');
    let id = '';
    const explaining = client.explain(long('Called off.'), {
      signal: stop.signal,
      onEvent: ({ type }) => {
        if (type === 'progress') stop.abort(reason);
      },
    });
    await expect(explaining).rejects.toBe(reason);
    for await (const each of client.list()) {
      id = each.id;
      break;
    }
    const after = await client.wait(id);
    expect(after.status).toBe('cancelled');
    await expect(client.explain(request('Too late.'), { signal: stop.signal })).rejects.toBe(reason);
  });

  it('throws what a job failed with', async () => {
    const failing = client.explain(request('It fails.', { targets: [{ kind: 'span', start: 0, end: 500 }] }));
    await expect(failing).rejects.toMatchObject({ name: 'WhereforeError', code: 'target_not_found', status: 422 });
  });
});

describe('what is refused', () => {
  it('is an error with code, pointers and the id of the request', async () => {
    const error: unknown = await client.create({ ...request('x'), seed: -1 }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(WhereforeError);
    expect(error).toMatchObject({ code: 'validation_failed', status: 400, errors: [{ pointer: '/seed' }] });
    expect((error as WhereforeError).requestId).toMatch(/^[\w-]{36}$/);
    await expect(client.read('exp_00000000000000000000000000')).rejects.toMatchObject({ code: 'not_found', status: 404 });
  });

  it('is asked again where it passes, as late as it says, and no more often than it may', async () => {
    const problem = { type: 'urn:wherefore:problem:queue_full', title: '', status: 503, detail: 'full', code: 'queue_full', request_id: null };
    const busy = () => Promise.resolve(new Response(JSON.stringify(problem), { status: 503, headers: { 'content-type': 'application/problem+json', 'retry-after': '0' } }));
    const { client: patient, seen } = fetching((_, times) => (times < 3 ? busy() : null));
    expect((await patient.endpoints()).data.length).toBeGreaterThan(0);
    expect(seen).toHaveLength(3);
    const { client: hopeless, seen: tried } = fetching(busy);
    await expect(hopeless.endpoints()).rejects.toMatchObject({ code: 'queue_full', retryAfter: 0 });
    expect(tried).toHaveLength(4);
  });

  it('may be a page of a proxy', async () => {
    const { client: behind } = fetching(() => Promise.resolve(new Response('<html>', { status: 418 })));
    await expect(behind.catalogue()).rejects.toMatchObject({ code: 'internal', status: 418 });
  });
});

describe('everything else', () => {
  it('comes with its type', async () => {
    const body = request('Everything else.');
    const estimate = await client.estimate(body);
    expect(estimate.calls).toBeGreaterThan(0);
    const { id } = await client.create(body, { idempotencyKey: 'the same' });
    expect((await client.create(body, { idempotencyKey: 'the same' })).id).toBe(id);
    await client.wait(id);
    expect((await client.read('latest')).id).toBe(id);
    const evaluations = await client.evaluations(id);
    expect(evaluations.rows.length).toBeGreaterThan(0);
    expect((await client.attributions(id, { targets: [{ kind: 'completion' }] })).attributions).toHaveLength(1);
    expect(await client.report(id)).toContain('<html');
    expect(await client.report(id, 'text/markdown')).not.toContain('<html');
    expect((await client.catalogue()).methods.map((method) => method.id)).toContain('leave-one-out');
    await client.delete(id);
    await client.delete(id);
    await expect(client.read(id)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('lists over pages', async () => {
    const ids: string[] = [];
    for (let count = 0; count < 23; count += 1) ids.push((await client.create(request(`Of many ${count}.`))).id);
    const listed: string[] = [];
    for await (const { id } of client.list()) listed.push(id);
    expect(listed.slice(0, 23)).toEqual(ids.toReversed());
    expect(new Set(listed).size).toBe(listed.length);
  });

  it('submits batches', async () => {
    const batch = await client.createBatch({ requests: [request('One of a batch.'), request('Another of it.')] });
    expect(batch.counts.total).toBe(2);
    expect((await client.readBatch(batch.id)).id).toBe(batch.id);
    expect(['cancelling', 'cancelled', 'completed']).toContain((await client.cancelBatch(batch.id)).status);
    const batches: string[] = [];
    for await (const { id } of client.listBatches()) batches.push(id);
    expect(batches).toContain(batch.id);
    const jobs: string[] = [];
    for await (const { id } of client.list({ batch: batch.id, createdAfter: '2020-01-01T00:00:00Z' })) jobs.push(id);
    expect(jobs).toHaveLength(2);
    for await (const { id } of client.list({ batch: batch.id, createdBefore: '2020-01-01T00:00:00Z' })) expect.unreachable(id);
    await client.deleteBatch(batch.id);
    await client.deleteBatch(batch.id);
    await expect(client.readBatch(batch.id)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('makes a new secret for webhooks', async () => {
    const { secret } = await client.webhookSecret();
    expect(secret).toMatch(/^whsec_/);
    const { secret: other } = await client.rotateWebhookSecret();
    expect(other).toMatch(/^whsec_/);
    expect(other).not.toBe(secret);
    expect((await client.webhookSecret()).secret).toBe(other);
  });

  it('probes endpoints', async () => {
    const [endpoint] = (await client.endpoints()).data;
    const found = await client.probe(endpoint?.name ?? '', { model: 'm', seconds: 30 });
    expect(found).toMatchObject({ status: 'done', model: 'm' });
    expect(await client.readProbe(endpoint?.name ?? '', 'm')).toMatchObject({ supports: found.supports });
    await expect(client.probe('no-such-endpoint')).rejects.toMatchObject({ status: 404 });
  });
});
