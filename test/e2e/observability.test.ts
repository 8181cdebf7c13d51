import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { type Collector, startCollector } from '../helpers/collector.ts';
import { failFirst, type ModelServer, startModelServer } from '../helpers/model-server.ts';
import { freePort } from '../helpers/ports.ts';
import { ROOT, type RunningProcess, startProcess } from '../helpers/processes.ts';
import { metricOf, readExposition, readPromql } from '../helpers/promql.ts';
import { startTestRedis, type TestRedis } from '../helpers/redis.ts';
import type { Explanation } from '../helpers/stack.ts';

/*
 * What the shipped processes tell of themselves: an API and a worker, a Redis, a model server that fails at first, a
 * collector of traces.
 */

const OPERATOR = 'the-key-of-the-operator';
const SECRET_WORD = 'zanzibar';
const ANSWER = 'quokka';
const REQUEST_ID = 'request-of-this-test';
const TRACE = '0af7651916cd43dd8448eb211c80319c';
const asOperator = { authorization: `Bearer ${OPERATOR}` };

let redis: TestRedis;
let server: ModelServer;
let collector: Collector;
let api: RunningProcess;
let worker: RunningProcess;
let base: string;
let workerBase: string;
let folder: string;
let job: Explanation;

beforeAll(async () => {
  [redis, collector] = await Promise.all([startTestRedis(), startCollector()]);
  server = await startModelServer({
    answer: ({ text }) => (text.includes('needle') ? ANSWER : 'lost'),
    echo: 'off',
    promptLogprobs: false,
    tokenize: false,
    chatLogprobs: false,
    fail: failFirst(1, { kind: 'status', status: 500 }),
  });
  folder = await mkdtemp(join(tmpdir(), 'wherefore-e2e-'));
  const file = join(folder, 'endpoints.json');
  const price = { prompt_per_million: 1, completion_per_million: 2 };
  await writeFile(file, JSON.stringify({ default: 'local', endpoints: [{ name: 'local', base_url: server.url, models: ['m'], concurrency: 2, price }] }));
  const [port, workerPort] = [await freePort(), await freePort()];
  base = `http://127.0.0.1:${port}`;
  workerBase = `http://127.0.0.1:${workerPort}`;
  const env = {
    REDIS_URL: redis.url,
    ENDPOINTS_FILE: file,
    PORT: String(port),
    WORKER_METRICS_PORT: String(workerPort),
    BOARD: 'true',
    OPERATOR_KEY_SHA256: createHash('sha256').update(OPERATOR).digest('hex'),
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
  };
  [api, worker] = await Promise.all([
    startProcess('src/bin/api.ts', { ...env, OTEL_SERVICE_NAME: 'the-api' }, { readyUrl: `${base}/healthz` }),
    startProcess('src/bin/worker.ts', { ...env, OTEL_SERVICE_NAME: 'the-worker' }, { readyUrl: `${workerBase}/readyz` }),
  ]);
  const reply = await fetch(`${base}/v1/explanations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', prefer: 'wait=50', 'x-request-id': REQUEST_ID, traceparent: `00-${TRACE}-b7ad6b7169203331-01` },
    body: JSON.stringify({
      call: { model: 'm', temperature: 0, messages: [{ role: 'user', content: `The ${SECRET_WORD} is dry. A needle is in it. The barn is red.` }] },
      method: { id: 'leave-one-out' },
      scorer: { id: 'exact' },
    }),
  });
  job = (await reply.json()) as Explanation;
  if (job.status !== 'completed') throw new Error(`the job is ${job.status}: ${JSON.stringify(job.error)}`);
});

afterAll(async () => {
  await Promise.all([api?.stop(), worker?.stop()]);
  await Promise.all([server?.close(), redis?.stop(), collector?.close()]);
  if (folder) await rm(folder, { recursive: true });
});

const metricsOf = async (url: string) => (await fetch(`${url}/metrics`, { headers: asOperator })).text();
const sample = (text: string, series: string) => Number(text.split('\n').find((line) => line.startsWith(`${series} `))?.slice(series.length + 1));

describe('metrics', () => {
  it('of the API count what was taken in, the queue and requests', async () => {
    const text = await metricsOf(base);
    expect(sample(text, 'wherefore_jobs_accepted_total{method="leave-one-out"}')).toBe(1);
    expect(sample(text, 'wherefore_jobs_open{status="queued"}')).toBe(0);
    expect(sample(text, 'wherefore_queue_oldest_seconds')).toBe(0);
    expect(sample(text, 'wherefore_redis_up')).toBe(1);
    expect(sample(text, 'wherefore_workers')).toBe(1);
    expect(sample(text, 'wherefore_http_request_duration_seconds_count{method="POST",route="/v1/explanations",status="200"}')).toBe(1);
  });

  it('of a worker count jobs by method and state, evaluations, requests, tokens and cost as the job tells them', async () => {
    const text = await metricsOf(workerBase);
    const { evaluations, usage } = job.result ?? {};
    expect(sample(text, 'wherefore_jobs_ended_total{method="leave-one-out",status="completed"}')).toBe(1);
    expect(sample(text, 'wherefore_job_attempts_total{method="leave-one-out",how="ended"}')).toBe(1);
    expect(sample(text, 'wherefore_jobs_in_progress{method="leave-one-out"}')).toBe(0);
    expect(sample(text, 'wherefore_job_wait_seconds_count{method="leave-one-out"}')).toBe(1);
    expect(evaluations?.asked).toBeGreaterThan(0);
    expect(sample(text, 'wherefore_evaluations_total{method="leave-one-out",what="asked"}')).toBe(evaluations?.asked);
    expect(sample(text, 'wherefore_endpoint_request_duration_seconds_count{endpoint="local",outcome="http_500"}')).toBeGreaterThan(0);
    expect(sample(text, 'wherefore_endpoint_retries_total{endpoint="local"}')).toBeGreaterThan(0);
    expect(sample(text, 'wherefore_endpoint_requests_in_flight{endpoint="local"}')).toBe(0);
    // finding out what the endpoint can do costs as well, and is nobody's
    expect(sample(text, 'wherefore_endpoint_tokens_total{endpoint="local",kind="prompt"}')).toBeGreaterThanOrEqual(usage?.prompt_tokens ?? NaN);
    expect(sample(text, 'wherefore_endpoint_cost_usd_total{endpoint="local"}')).toBeGreaterThanOrEqual(usage?.cost_usd ?? NaN);
    expect(usage?.cost_usd).toBeGreaterThan(0);
  });

  it('are for the operator; probes are for everybody', async () => {
    for (const url of [base, workerBase]) {
      const statuses = await Promise.all(['/metrics', '/healthz', '/readyz'].map(async (path) => (await fetch(url + path)).status));
      expect(statuses).toEqual([401, 200, 200]);
      expect((await fetch(`${url}/metrics`, { headers: { authorization: 'Bearer another' } })).status).toBe(401);
    }
    expect((await fetch(`${workerBase}/v1/explanations`)).status).toBe(404);
  });

  it('are all there that the dashboard and the alerts ask for, with their labels', async () => {
    const known = readExposition(`${await metricsOf(base)}\n${await metricsOf(workerBase)}`);
    const dashboard = z
      .object({ panels: z.array(z.looseObject({ targets: z.array(z.looseObject({ expr: z.string() })).default([]) })) })
      .parse(JSON.parse(await readFile(join(ROOT, 'deploy/grafana/wherefore.json'), 'utf8')));
    const rules = z
      .object({ groups: z.array(z.object({ rules: z.array(z.looseObject({ expr: z.string() })) })) })
      .parse(parse(await readFile(join(ROOT, 'deploy/prometheus/alerts.yml'), 'utf8')));
    const expressions = [...dashboard.panels.flatMap(({ targets }) => targets), ...rules.groups.flatMap((group) => group.rules)].map(({ expr }) => expr);
    expect(expressions.length).toBeGreaterThan(40);
    // given by Prometheus itself
    const added = ['job', 'instance', 'le'];
    for (const expression of expressions) {
      const { metrics, labels } = readPromql(expression);
      const names = metrics.map((series) => metricOf(series, known));
      expect({ expression, missing: metrics.filter((_, index) => names[index] === null) }).toEqual({ expression, missing: [] });
      const seen = new Set([...added, ...names.flatMap((name) => [...(known.get(name ?? '')?.labels ?? [])])]);
      // what has not happened yet has no series: only names can be held then
      const empty = names.some((name) => known.get(name ?? '')?.labels.size === 0);
      expect({ expression, unknown: empty ? [] : labels.filter((label) => !seen.has(label)) }).toEqual({ expression, unknown: [] });
    }
  });
});

describe('a trace', () => {
  it('goes from the caller through API and queue to the worker and its requests', async () => {
    const all = await collector.until((spans) => spans.some(({ name, service }) => name.startsWith('chat') && service === 'the-worker') && spans.some(({ kind }) => kind === 5) && spans.some(({ name }) => name === 'POST /v1/explanations'));
    const spans = all.filter(({ traceId }) => traceId === TRACE);
    const byId = new Map(spans.map((span) => [span.spanId, span]));
    const parent = (span: (typeof spans)[number] | undefined) => byId.get(span?.parentSpanId ?? '');
    const request = spans.find(({ name }) => name === 'POST /v1/explanations');
    expect(request).toMatchObject({ kind: 2, service: 'the-api', parentSpanId: 'b7ad6b7169203331', attributes: { 'http.route': '/v1/explanations', 'http.response.status_code': '200', 'wherefore.request_id': REQUEST_ID } });
    const added = spans.find(({ kind }) => kind === 4);
    expect(added?.service).toBe('the-api');
    expect(parent(added)).toBe(request);
    const processed = spans.find(({ kind }) => kind === 5);
    expect(processed).toMatchObject({ service: 'the-worker', attributes: { 'bullmq.job.id': job.id } });
    expect(parent(processed)).toBe(added);
    const asked = spans.filter(({ kind }) => kind === 3);
    expect(asked.length).toBeGreaterThan(3);
    expect(new Set(asked.map(parent))).toEqual(new Set([processed]));
    expect(asked.filter(({ failed }) => failed).map((span) => span.attributes['wherefore.outcome'])).toContain('http_500');
    expect(asked.find(({ failed }) => !failed)).toMatchObject({ attributes: { 'wherefore.endpoint': 'local', 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'm' } });
  });

  it('is begun by nothing but work', async () => {
    // probes were answered all the while, and the worker looked for jobs
    const roots = collector.spans.filter(({ parentSpanId }) => parentSpanId === null);
    expect(roots.filter(({ kind }) => kind === 1)).toEqual([]);
    expect(roots.filter(({ name }) => /healthz|readyz|metrics/.test(name))).toEqual([]);
  });

  it('holds nothing of what was asked and answered', () => {
    for (const word of [SECRET_WORD, ANSWER, 'needle', OPERATOR]) expect([word, collector.text().includes(word)]).toEqual([word, false]);
  });
});

describe('logs', () => {
  const lines = (process: RunningProcess) => process.stderr().split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Record<string, unknown>);

  it('say the request and the job in both roles, and the trace', () => {
    const submitted = lines(api).find(({ msg, route, method }) => msg === 'request' && route === '/v1/explanations' && method === 'POST');
    expect(submitted).toMatchObject({ request_id: REQUEST_ID, job_id: job.id, status: 200 });
    const ended = lines(worker).find(({ msg }) => msg === 'explanation ended');
    expect(ended).toMatchObject({ request_id: REQUEST_ID, job_id: job.id, trace_id: TRACE });
    // written deep below the job, by what was never handed an id
    expect(lines(worker).find(({ msg }) => msg === 'asking again')).toMatchObject({ request_id: REQUEST_ID, job_id: job.id });
  });

  it('hold no key twice, and nothing of what was asked and answered', () => {
    for (const text of [api.stderr(), worker.stderr()]) {
      for (const word of [SECRET_WORD, ANSWER, 'needle', OPERATOR]) expect([word, text.includes(word)]).toEqual([word, false]);
      for (const line of text.split('\n')) expect(line.split('"request_id":').length).toBeLessThanOrEqual(2);
    }
  });
});

describe('the board', () => {
  const basic = { authorization: `Basic ${Buffer.from(`operator:${OPERATOR}`).toString('base64')}` };

  it('opens to the operator alone, in a browser too', async () => {
    const refused = await fetch(`${base}/board`);
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toMatch(/^Basic/);
    expect((await fetch(`${base}/board`, { headers: { authorization: `Basic ${btoa('operator:wrong')}` } })).status).toBe(401);
    const page = await fetch(`${base}/board`, { headers: basic });
    expect(page.status).toBe(200);
    const html = await page.text();
    expect(html).toContain('Wherefore');
    const scripts = [...html.matchAll(/(?:src|href)="([^"]+\.(?:js|css))"/g)].map((match) => match[1] ?? '');
    expect(scripts.length).toBeGreaterThan(0);
    const loaded = await Promise.all(scripts.map(async (path) => (await fetch(new URL(path, `${base}/board/`), { headers: basic })).status));
    expect(new Set(loaded)).toEqual(new Set([200]));
  });

  it('shows the queues and changes nothing', async () => {
    const reply = await fetch(`${base}/board/api/queues?activeQueue=explanations&status=latest&page=1&jobsPerPage=10`, { headers: basic });
    const { queues } = z.object({ queues: z.array(z.looseObject({ name: z.string(), readOnlyMode: z.boolean() })) }).parse(await reply.json());
    expect(queues.map(({ name, readOnlyMode }) => [name, readOnlyMode])).toEqual(expect.arrayContaining([['explanations', true]]));
    expect((await fetch(`${base}/board/api/queues/explanations/pause`, { method: 'PUT', headers: basic })).status).toBe(405);
  });

  it('is no part of the public description', async () => {
    expect(await (await fetch(`${base}/openapi.json`)).text()).not.toContain('/board');
  });
});
