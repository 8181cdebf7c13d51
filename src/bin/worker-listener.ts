import type { Logger } from 'pino';
import { createAuthenticator } from '../api/auth.ts';
import { buildWorkerApp } from '../api/worker-app.ts';
import type { Config } from '../config.ts';
import type { Health } from '../service/ports.ts';
import type { Closers } from './compose.ts';
import { operatorOf } from './roles.ts';
import type { Telemetry } from './telemetry.ts';
import { version } from './version.ts';

/** Where a worker answers to probes and Prometheus; null where it listens to nobody. */
export async function openWorkerListener(config: Config, health: Health, closers: Closers, logger: Logger, telemetry: Telemetry): Promise<string | null> {
  const port = config.WORKER_METRICS_PORT;
  if (port === undefined) return null;
  const auth = operatorOf(config.OPERATOR_KEY_SHA256) ?? createAuthenticator([]);
  const app = await buildWorkerApp({ health, auth, version, logger, metrics: telemetry.metrics });
  closers.add('worker listener', () => app.close());
  const url = await app.listen({ host: config.WORKER_METRICS_HOST, port });
  logger.info({ url }, 'worker answers to probes');
  return url;
}
