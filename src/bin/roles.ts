import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { buildApp } from '../api/app.ts';
import { type Authenticator, createAuthenticator } from '../api/auth.ts';
import { BOARD_PATH } from '../api/plugins/board.ts';
import { batching } from '../service/batching.ts';
import { createService } from '../service/explanations.ts';
import { Flights } from '../service/flights.ts';
import type { Limits } from '../service/plan.ts';
import type { EndpointDirectory, Endpoints, Health } from '../service/ports.ts';
import type { Vault } from '../service/vault.ts';
import type { TermsOf } from '../service/terms.ts';
import { urlCheck } from '../service/webhook-address.ts';
import { webhookSecrets } from '../service/webhook-secrets.ts';
import { createBatches } from '../store/batches.ts';
import { createOutcomeCache } from '../store/cache.ts';
import { createClaims } from '../store/claims.ts';
import { closeConnection, connect, type Policy } from '../store/connections.ts';
import { every } from '../store/every.ts';
import { createExplanations } from '../store/explanations.ts';
import { createHealth } from '../store/health.ts';
import { inspect } from '../store/inspect.ts';
import { createJobStore } from '../store/jobs.ts';
import { createKeys } from '../store/keys.ts';
import { createNews } from '../store/news.ts';
import { createOutbox } from '../store/outbox.ts';
import { createPace } from '../store/pace.ts';
import { createProbes } from '../store/probes.ts';
import { createQueue } from '../store/queue.ts';
import { createRates } from '../store/rates.ts';
import { createSigning } from '../store/signing.ts';
import { createWebhookQueue } from '../store/webhook-queue.ts';
import { createNotifier } from '../webhooks/notifier.ts';
import { startProbes } from '../worker/probes.ts';
import { startWebhooks } from '../worker/webhooks.ts';
import { startWorker } from '../worker/worker.ts';
import { currentRequestId, withinJob } from '../telemetry/scope.ts';
import { openBoard } from './board.ts';
import type { Closers } from './compose.ts';
import { settled } from './settled.ts';
import { createTelemetry, type Telemetry } from './telemetry.ts';
import { version } from './version.ts';

/*
 * The two roles, joined from their parts. Tests use them too, so that what is tested is what is shipped.
 */

export interface RoleSettings {
  redisUrl: string;
  cacheUrl: string;
  prefix: string;
  limits: Limits;
  resultTtlSeconds: number;
  cacheTtlSeconds: number;
  /** null: callers may bring no endpoints. */
  vault?: Vault | null;
  webhooks: WebhookSettings;
}

export interface WebhookSettings {
  /** What signing secrets are derived from; null = a key that is made once and kept in Redis. */
  signingKey: string | null;
  /** The one before it, while receivers may still go by it. */
  previousSigningKey?: string | null;
  /** Whether receivers may be in a private network. */
  allowPrivateNetwork: boolean;
  /** Between attempts; left out: ten attempts within a day. */
  waitsMs?: readonly number[];
}

export interface ApiSettings extends RoleSettings {
  auth: Authenticator;
  terms: TermsOf;
  corsOrigins: readonly string[];
  maxQueue: number;
  maxBodyBytes: number;
  maxBatchBytes: number;
  docs: boolean;
  /** SHA-256 of the operator's key, which then alone opens /metrics, and the board where that is on. */
  operatorKey?: string | undefined;
  board?: boolean;
}

const signingKeys = ({ signingKey, previousSigningKey = null }: WebhookSettings) => ({ current: signingKey, previous: previousSigningKey });

/** A connection that says in the log what is wrong with it, and is closed with the others. */
function open(url: string, policy: Policy, name: string, closers: Closers, logger: Logger): Redis {
  const redis = connect(url, policy, (error) => logger.warn({ error: error.message, connection: name }, 'redis connection'));
  closers.add(name, () => closeConnection(redis));
  return redis;
}

/** Servers that are set up so that jobs could be lost are used all the same, and the log says what to change. */
async function complainAbout(redis: Redis, cache: Redis, { redisUrl, cacheUrl }: RoleSettings, logger: Logger): Promise<void> {
  const found = [inspect(redis, 'queue'), ...(cacheUrl === redisUrl ? [] : [inspect(cache, 'cache')])];
  for (const fault of (await Promise.all(found)).flat()) logger.warn({}, fault);
}

/** What both roles hold: outcomes, and the explanations with their queue. */
async function openStore(settings: RoleSettings, role: string, maxQueue: number, closers: Closers, logger: Logger, { tracing }: Telemetry) {
  const keys = createKeys(settings.prefix);
  const redis = open(settings.redisUrl, 'producer', `${role} redis`, closers, logger);
  const cacheRedis = open(settings.cacheUrl, 'producer', `${role} cache`, closers, logger);
  const queue = createQueue(redis, keys, tracing?.queue);
  closers.add(`${role} queue`, () => queue.close());
  const cache = createOutcomeCache({ redis: cacheRedis, keys, ttlSeconds: settings.cacheTtlSeconds });
  closers.add(`${role} outcomes`, () => cache.close());
  const webhooks = createWebhookQueue(redis, keys, tracing?.queue);
  closers.add(`${role} webhook queue`, () => webhooks.close());
  const endings = createNews(redis, keys.ended);
  const store = { redis, queue, keys, cache, webhooks, endings, maxQueue, resultTtlSeconds: settings.resultTtlSeconds, requestId: currentRequestId };
  const explanations = createExplanations(store);
  closers.add(`${role} explanations`, async () => {
    explanations.close();
    endings.close();
  });
  const health = createHealth({ redis, queue, keys });
  const pace = createPace(redis, keys);
  await Promise.all([settled(redis), settled(cacheRedis)]);
  await complainAbout(redis, cacheRedis, settings, logger);
  return { ...store, explanations, health, pace };
}

/** Who may see what is nobody's own: metrics and queues. null where no such key is configured. */
export function operatorOf(sha256: string | undefined): Authenticator | null {
  return sha256 === undefined ? null : createAuthenticator([{ owner: 'operator', sha256 }]);
}

/** The API, ready to listen. */
export async function openApi(settings: ApiSettings, endpoints: EndpointDirectory, closers: Closers, logger: Logger, telemetry: Telemetry = createTelemetry()): Promise<FastifyInstance> {
  const store = await openStore(settings, 'api', settings.maxQueue, closers, logger, telemetry);
  const { redis, keys, queue, explanations, health, pace } = store;
  const probes = createProbes(redis, keys, telemetry.tracing?.queue);
  closers.add('api probes', () => probes.close());
  const webhookFault = urlCheck(settings.webhooks.allowPrivateNetwork);
  const planning = { endpoints, pace, probes, limits: settings.limits, terms: settings.terms, webhookFault, vault: settings.vault ?? null, meter: telemetry.meter };
  const app = await buildApp({
    service: createService({ ...planning, explanations, health }),
    batches: batching({ ...planning, batches: createBatches(store), now: Date.now }),
    webhooks: webhookSecrets(createSigning(redis, keys, signingKeys(settings.webhooks))),
    health,
    auth: settings.auth,
    terms: settings.terms,
    rates: createRates(redis, keys),
    operator: operatorOf(settings.operatorKey),
    settings: { maxBodyBytes: settings.maxBodyBytes, maxBatchBytes: settings.maxBatchBytes, version, docs: settings.docs, corsOrigins: settings.corsOrigins },
    logger,
    metrics: telemetry.metrics,
    around: telemetry.around,
    board: settings.board ? await openBoard([queue, probes.queue, store.webhooks.queue], BOARD_PATH) : null,
  });
  closers.add('api', () => app.close());
  return app;
}

export interface WorkerRoleSettings extends RoleSettings {
  concurrency: number;
  /** See WorkerSettings. */
  reads?: number;
}

const BEAT_MS = 5_000;
/** As long as others count it. */
const HEARD_MS = 15_000;
const REQUEUE_MS = 30_000;
/** Probes on request at once. */
const PROBES = 2;
/** Webhooks at once: a receiver that is slow holds up one of them. */
const NOTIFICATIONS = 32;

/** A worker that takes jobs until it is closed. Gives its health: `workers` is 1 while its own beat is heard, else 0. */
export async function openWorker(settings: WorkerRoleSettings, endpoints: Endpoints, closers: Closers, logger: Logger, telemetry: Telemetry = createTelemetry()): Promise<Health> {
  const { redis: producer, keys, cache, webhooks, explanations, health, pace } = await openStore(settings, 'worker', Infinity, closers, logger, telemetry);
  const claims = createClaims(producer, keys);
  closers.add('worker claims', () => claims.close());
  const redis = open(settings.redisUrl, 'worker', 'worker jobs', closers, logger);
  const store = createJobStore({ redis, keys, cache, webhooks, resultTtlSeconds: settings.resultTtlSeconds });
  const id = randomUUID();
  const complain = (error: unknown) => logger.warn({ error }, 'storage is away');
  const connection = { connection: redis, prefix: settings.prefix, telemetry: telemetry.tracing?.queue };
  const worker = startWorker(
    { store, endpoints, cache, flights: new Flights(claims), pace, limits: settings.limits, vault: settings.vault ?? null, version, meter: telemetry.meter, within: withinJob, logger },
    { ...connection, concurrency: settings.concurrency, ...(settings.reads === undefined ? {} : { reads: settings.reads }) },
  );
  const probes = startProbes({ endpoints, logger }, { ...connection, concurrency: PROBES });
  let heardAt = -Infinity;
  const beat = every(BEAT_MS, async () => {
    await health.beat(id);
    heardAt = performance.now();
  }, complain);
  const notifier = createNotifier({ allowPrivateNetwork: settings.webhooks.allowPrivateNetwork, version });
  closers.add('webhook network', () => notifier.close());
  const notifications = startWebhooks(
    { outbox: createOutbox(redis, keys, settings.resultTtlSeconds), signing: createSigning(redis, keys, signingKeys(settings.webhooks)), notifier, logger },
    { ...connection, concurrency: NOTIFICATIONS, waitsMs: settings.webhooks.waitsMs },
  );
  const requeue = every(REQUEUE_MS, () => Promise.all([explanations.requeueLost(), webhooks.requeueLost(Date.now())]), complain);
  closers.add('worker', async () => {
    await Promise.all([beat.stop(), requeue.stop()]);
    await Promise.all([worker.close(), probes.close(), notifications.close()]);
    await health.leave(id).catch(complain);
  });
  return { ...health, workers: async () => Number(performance.now() - heardAt < HEARD_MS) };
}
