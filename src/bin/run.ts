import { isLoopback, loadConfig, originsIn, type Config } from '../config.ts';
import { ProblemError } from '../errors.ts';
import { Closers, createLogger, limitsOf, openEndpoints, openRedis } from './compose.ts';
import { openKeys, openTerms } from './owners.ts';
import { quickStrings } from './quick-strings.ts';
import { openApi, openWorker, type RoleSettings } from './roles.ts';
import { openVault, warnWithoutVault } from './secrets.ts';
import { openShared } from './shared.ts';
import { onShutdown } from './signals.ts';
import { openTelemetry } from './telemetry.ts';
import { openWorkerListener } from './worker-listener.ts';

export interface Started {
  /** Where the API listens, null for a worker. */
  url: string | null;
  close(): Promise<void>;
}

/** Opens the roles on this configuration. Whatever was opened before a failure is closed again. `reads`: see WorkerSettings. */
export async function open(config: Config, roles: { api: boolean; worker: boolean; reads?: number }): Promise<Started> {
  quickStrings();
  const logger = createLogger(config, roles.api && roles.worker ? 'all' : roles.api ? 'api' : 'worker');
  const closers = new Closers();
  const shutdown = onShutdown(config.SHUTDOWN_SECONDS, logger);
  const close = () => closers.closeAll(logger);
  void shutdown.then(async () => {
    await close();
    process.exit(0);
  });
  try {
    const telemetry = await openTelemetry(config, closers, logger);
    const redis = await openRedis(config, closers, logger);
    const shared = roles.worker ? await openShared({ redisUrl: redis.url, prefix: config.KEY_PREFIX }, closers, logger) : undefined;
    const endpoints = await openEndpoints(config, closers, logger, roles.worker, { ...shared, watch: telemetry.watch });
    const vault = openVault(config);
    warnWithoutVault(endpoints.callers?.allowed === true, vault, logger);
    const settings: RoleSettings = {
      redisUrl: redis.url,
      cacheUrl: redis.cacheUrl,
      prefix: config.KEY_PREFIX,
      limits: limitsOf(config),
      resultTtlSeconds: config.RESULT_TTL_SECONDS,
      cacheTtlSeconds: config.CACHE_TTL_SECONDS,
      vault,
      webhooks: { signingKey: config.WEBHOOK_SIGNING_KEY ?? null, previousSigningKey: config.WEBHOOK_SIGNING_KEY_PREVIOUS ?? null, allowPrivateNetwork: config.WEBHOOK_ALLOW_PRIVATE_NETWORK },
    };
    if (roles.worker) {
      const health = await openWorker({ ...settings, concurrency: config.WORKER_CONCURRENCY, ...(roles.reads === undefined ? {} : { reads: roles.reads }) }, endpoints, closers, logger, telemetry);
      if (!roles.api) await openWorkerListener(config, health, closers, logger, telemetry);
      logger.info({ concurrency: config.WORKER_CONCURRENCY }, 'worker takes jobs');
    }
    if (!roles.api) return { url: null, close };
    const auth = openKeys(config, closers, logger);
    const terms = openTerms(config, closers, logger);
    const app = await openApi(
      { ...settings, auth, terms, corsOrigins: originsIn(config.CORS_ORIGINS), maxQueue: config.MAX_QUEUE, maxBodyBytes: config.MAX_BODY_BYTES, maxBatchBytes: config.MAX_BATCH_BYTES, docs: config.DOCS, operatorKey: config.OPERATOR_KEY_SHA256, board: config.BOARD },
      endpoints,
      closers,
      logger,
      telemetry,
    );
    const url = await app.listen({ host: config.HOST, port: config.PORT });
    logger.info({ url, docs: `${url}/docs`, open: auth.open, loopback: isLoopback(config.HOST) }, 'listening');
    return { url, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The entry of a role: a configuration that cannot work ends with 78 and one line, anything else with 1. */
export async function main(roles: { api: boolean; worker: boolean }): Promise<void> {
  try {
    const config = loadConfig();
    if (!(roles.api && roles.worker) && config.REDIS_URL === undefined) {
      throw new ProblemError('validation_failed', 'one role alone needs REDIS_URL: both roles meet in that Redis');
    }
    await open(config, roles);
  } catch (error) {
    process.stderr.write(`wherefore: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(error instanceof ProblemError ? 78 : 1);
  }
}
