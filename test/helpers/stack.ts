import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { createAuthenticator } from '../../src/api/auth.ts';
import { demoEndpoint } from '../../src/bin/demo-endpoint.ts';
import { Closers } from '../../src/bin/compose.ts';
import { openApi, openWorker, type WebhookSettings } from '../../src/bin/roles.ts';
import { openShared } from '../../src/bin/shared.ts';
import type { Result } from '../../src/contract/resource.ts';
import { type CallerPolicy, createEndpoints, type EndpointSettings } from '../../src/endpoints/index.ts';
import { startDemoServer } from '../../demo/server.ts';
import { NO_TERMS, type TermsOf } from '../../src/service/terms.ts';
import type { Vault } from '../../src/service/vault.ts';
import { startTestRedis, type TestRedis } from './redis.ts';

/*
 * The whole service in one process, of its real parts: a redis-server of the test's own, the API, a worker, and either
 * the embedded model or endpoints that the test serves.
 */

export interface StackOptions {
  /** Instead of the embedded model; the first one is the default. */
  endpoints?: Partial<EndpointSettings>[];
  keys?: { owner: string; sha256: string }[];
  limits?: { maxUnits?: number; maxCalls?: number };
  /** 0 = no worker: jobs stay queued. */
  workers?: number;
  concurrency?: number;
  maxBodyBytes?: number;
  maxQueue?: number;
  redis?: TestRedis;
  /** Instead of a server of the stack's own. */
  redisUrl?: string;
  /** Endpoints that callers bring, and what keeps their keys. */
  callers?: CallerPolicy;
  vault?: Vault | null;
  webhooks?: Partial<WebhookSettings>;
  terms?: TermsOf;
  corsOrigins?: string[];
}

export interface Stack {
  app: FastifyInstance;
  redis: Pick<TestRedis, 'url'>;
  /** Adds a worker. */
  addWorker(): Promise<{ close(): Promise<void> }>;
  close(): Promise<void>;
}

const silent = pino({ level: 'silent' });

/** Settings of an endpoint that a test serves on loopback. */
function endpointAt(url: string, more: Partial<EndpointSettings> = {}): EndpointSettings {
  return { ...demoEndpoint(url), name: 'fake', models: [], identity: `fake|${url}`, timeoutSeconds: 10, embeddingModel: null, ...more };
}

export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const closers = new Closers();
  const redis = options.redis ?? (options.redisUrl === undefined ? await startTestRedis() : { url: options.redisUrl, stop: async () => undefined });
  if (!options.redis) closers.add('redis', () => redis.stop());
  const endpointSettings: EndpointSettings[] = [];
  if (options.endpoints) endpointSettings.push(...options.endpoints.map((entry) => endpointAt(entry.baseUrl ?? '', entry)));
  else {
    const demo = await startDemoServer();
    closers.add('demo', () => demo.close());
    endpointSettings.push(demoEndpoint(demo.url));
  }
  const shared = await openShared({ redisUrl: redis.url, prefix: '{test}' }, closers, silent);
  const endpoints = createEndpoints({ default: endpointSettings[0]?.name ?? '', endpoints: endpointSettings, callers: options.callers ?? null }, shared);
  closers.add('endpoints', () => endpoints.close());
  const settings = {
    redisUrl: redis.url,
    cacheUrl: redis.url,
    prefix: '{test}',
    limits: { maxUnits: options.limits?.maxUnits ?? 2_000, maxCalls: options.limits?.maxCalls ?? 20_000 },
    resultTtlSeconds: 3_600,
    cacheTtlSeconds: 3_600,
    webhooks: { signingKey: null, allowPrivateNetwork: true, ...options.webhooks },
    concurrency: options.concurrency ?? 4,
    vault: options.vault ?? null,
  };
  const addWorker = async () => {
    const own = new Closers();
    await openWorker(settings, endpoints, own, silent);
    const close = () => own.closeAll(silent);
    closers.add('worker', close);
    return { close };
  };
  for (let count = options.workers ?? 1; count > 0; count -= 1) await addWorker();
  const app = await openApi(
    { ...settings, auth: createAuthenticator(options.keys ?? []), terms: options.terms ?? (() => NO_TERMS), corsOrigins: options.corsOrigins ?? [], maxQueue: options.maxQueue ?? 1_000, maxBodyBytes: options.maxBodyBytes ?? 1_000_000, maxBatchBytes: 16_000_000, docs: true },
    endpoints,
    closers,
    silent,
  );
  await app.ready();
  return { app, redis, addWorker, close: () => closers.closeAll(silent) };
}

/** The explanation resource as a client reads it. */
export interface Explanation {
  id: string;
  status: string;
  progress: { phase: string; done: number; planned: number } | null;
  estimate: { calls: number; prompt_tokens: number };
  request: { budget: { calls: number } };
  result: Result | null;
  error: { code: string; detail: string; errors?: { pointer: string; message: string }[] } | null;
}

interface Sent {
  status: number;
  headers: Record<string, unknown>;
  body: Explanation;
}

/** Posts a job and waits for its end. */
export async function explainAndWait(app: FastifyInstance, payload: object, headers: Record<string, string> = {}): Promise<Sent> {
  const reply = await app.inject({ method: 'POST', url: '/v1/explanations', payload, headers: { prefer: 'wait=60', ...headers } });
  return { status: reply.statusCode, headers: reply.headers, body: reply.json() };
}

/** Polls until the job is terminal. */
export async function ended(app: FastifyInstance, id: string): Promise<Explanation> {
  for (;;) {
    const body = (await app.inject(`/v1/explanations/${id}`)).json<Explanation>();
    if (['completed', 'failed', 'cancelled'].includes(body.status)) return body;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The text of the unit with the highest score of the first target; units that others were cut from do not count. */
export function topUnit(result: Result | null): string | undefined {
  const scores = result?.attributions[0]?.scores ?? [];
  const opened = new Set(result?.units.map((unit) => unit.parent));
  return result?.units.filter((unit) => !opened.has(unit.index) && typeof scores[unit.index] === 'number').toSorted((a, b) => (scores[b.index] ?? 0) - (scores[a.index] ?? 0))[0]?.text.trim();
}
