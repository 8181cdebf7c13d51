import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { type Logger, pino } from 'pino';
import { z } from 'zod';
import { startDemoServer } from '../../demo/server.ts';
import type { Config } from '../config.ts';
import { endpointsFileSchema } from '../contract/endpoints-file.ts';
import { priceFrom } from '../contract/price.ts';
import { type CallerPolicy, createEndpoints, type EndpointSettings } from '../endpoints/index.ts';
import { ProblemError } from '../errors.ts';
import type { Limits } from '../service/plan.ts';
import type { Watch } from '../service/meter.ts';
import type { Endpoints } from '../service/ports.ts';
import { startEmbeddedRedis } from '../store/embedded.ts';
import { logFields } from '../telemetry/scope.ts';
import { wording } from '../wording.ts';
import { demoEndpoint } from './demo-endpoint.ts';
import { REDACTED, shownError } from './discreet.ts';
import type { Shared } from './shared.ts';

/*
 * What both roles are made of. Everything opened here is closed in the reverse order by `Closers`.
 */

export class Closers {
  readonly #list: { name: string; close: () => Promise<unknown> }[] = [];
  #closing: Promise<void> | undefined;

  add(name: string, close: () => Promise<unknown>): void {
    this.#list.push({ name, close });
  }

  /** Closes everything, last opened first; one that fails does not keep the others open. */
  closeAll(logger: Logger): Promise<void> {
    this.#closing ??= (async () => {
      for (const { name, close } of this.#list.toReversed()) {
        await close().catch((error: unknown) => logger.warn({ error, part: name }, 'did not close cleanly'));
      }
    })();
    return this.#closing;
  }
}

/** Lines go out together, a tenth of a second late at most: writing each by itself costs as much as serving what it tells of. */
const LOG_FLUSH_MS = 100;
const LOG_BYTES = 16_000;

export function createLogger(config: Config, role: string): Logger {
  const out = pino.destination({ fd: 2, sync: true, minLength: LOG_BYTES, periodicFlush: LOG_FLUSH_MS });
  process.on('exit', () => out.flushSync());
  return pino({ level: config.LOG_LEVEL, base: { role, host: hostname(), pid: process.pid }, errorKey: 'error', mixin: logFields, redact: REDACTED, serializers: { error: shownError, err: shownError } }, out);
}

export const limitsOf = (config: Config): Limits => ({ maxUnits: config.MAX_UNITS, maxCalls: config.MAX_CALLS });

/** @throws ProblemError validation_failed */
export function readJson<T>(path: string, schema: z.ZodType<T>, what: string): T {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new ProblemError('validation_failed', `${what} ${path} cannot be read as JSON: ${(error as Error).message}`);
  }
  const parsed = schema.safeParse(value, { error: wording });
  if (!parsed.success) throw new ProblemError('validation_failed', `${what} ${path}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** The URLs of queue and cache: those configured, else a Redis of our own that ends with this process. */
export async function openRedis(config: Config, closers: Closers, logger: Logger): Promise<{ url: string; cacheUrl: string }> {
  if (config.REDIS_URL !== undefined) return { url: config.REDIS_URL, cacheUrl: config.CACHE_REDIS_URL ?? config.REDIS_URL };
  const embedded = await startEmbeddedRedis({ dataDir: config.DATA_DIR, searchPath: config.searchPath, log: logger });
  closers.add('embedded redis', () => embedded.close());
  return { url: embedded.path, cacheUrl: config.CACHE_REDIS_URL ?? embedded.path };
}

interface FileSettings {
  default: string;
  endpoints: EndpointSettings[];
  callers?: CallerPolicy | null;
}

function settingsFromFile(config: Config, path: string): FileSettings {
  const file = readJson(path, endpointsFileSchema, 'ENDPOINTS_FILE');
  const { caller_endpoints: callers } = file;
  return {
    callers: callers && {
      hosts: callers.hosts,
      allowHttp: callers.allow_http,
      allowPrivateNetwork: callers.allow_private_network,
      concurrency: callers.concurrency,
      maxBatch: callers.max_batch,
      requestsPerMinute: callers.requests_per_minute,
      tokensPerMinute: callers.tokens_per_minute,
      timeoutSeconds: callers.timeout_seconds,
      maxWaitSeconds: callers.max_wait_seconds,
    },
    default: file.default ?? (file.endpoints[0] as { name: string }).name,
    endpoints: file.endpoints.map((entry) => ({
      name: entry.name,
      baseUrl: entry.base_url,
      dialect: entry.dialect,
      apiKey: entry.api_key_env === null ? null : secretOf(config, entry.api_key_env, entry.name),
      keyHeader: entry.key_header,
      apiVersion: entry.api_version,
      models: entry.models,
      concurrency: entry.concurrency,
      maxBatch: entry.max_batch,
      requestsPerMinute: entry.requests_per_minute,
      tokensPerMinute: entry.tokens_per_minute,
      timeoutSeconds: entry.timeout_seconds,
      maxWaitSeconds: entry.max_wait_seconds,
      price: entry.price && priceFrom(entry.price),
      allowPrivateNetwork: entry.allow_private_network,
      embeddingModel: entry.embedding_model,
      nli: entry.nli && { separator: '', ...entry.nli, contradictionLabel: entry.nli.contradiction_label },
      judge: entry.judge,
    })),
  };
}

function secretOf(config: Config, variable: string, endpoint: string): string {
  const secret = config.secret(variable);
  if (secret === undefined || secret === '') throw new ProblemError('validation_failed', `the endpoint ${endpoint} takes its key from ${variable}, which is not set`);
  return secret;
}

/** The configured endpoints; without a file, the embedded model. `serve` false: only described, for a role that asks none. */
export async function openEndpoints(config: Config, closers: Closers, logger: Logger, serve: boolean, shared: Partial<Shared> & { watch?: Watch } = {}): Promise<Endpoints> {
  let settings: FileSettings;
  if (config.ENDPOINTS_FILE !== undefined) settings = settingsFromFile(config, config.ENDPOINTS_FILE);
  else {
    const demo = serve ? await startDemoServer() : { url: 'http://127.0.0.1:0/v1', close: async () => undefined };
    closers.add('demo model', () => demo.close());
    settings = { default: 'demo', endpoints: [demoEndpoint(demo.url)] };
  }
  const endpoints = createEndpoints(settings, { log: logger, ...(config.LOG_CONTENT ? { content: logger } : {}), ...shared });
  closers.add('endpoints', () => endpoints.close());
  return endpoints;
}
