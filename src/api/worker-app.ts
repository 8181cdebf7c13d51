import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import type { Health } from '../service/ports.ts';
import type { Authenticator } from './auth.ts';
import { guard, owners } from './plugins/auth.ts';
import { metrics } from './plugins/metrics.ts';
import { problems } from './plugins/problems.ts';
import { requestIdOf, requestIds } from './plugins/request-id.ts';
import { requestLog } from './plugins/request-log.ts';
import { requestLogger } from './plugins/request-logger.ts';
import { routes } from './plugins/route.ts';
import { unreadablePath, unreadableRequest } from './plugins/unreadable.ts';
import { unrouted } from './plugins/unrouted.ts';
import { validation } from './plugins/validation.ts';
import { healthRoutes } from './routes/health.ts';
import { metricsRoutes } from './routes/metrics.ts';

interface WorkerAppDeps {
  /** `workers` of it is 1 while this worker's beat is heard, else 0: it is ready when it is seen itself. */
  health: Health;
  auth: Authenticator;
  version: string;
  logger: FastifyBaseLogger;
  metrics: () => Promise<string>;
}

const BODY_LIMIT = 1_024;

/** What a worker answers to: probes and Prometheus. The same paths, replies and refusals as the API's. */
export async function buildWorkerApp({ health, auth, version, logger, metrics: more }: WorkerAppDeps): Promise<FastifyInstance> {
  const app = Fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request_id' }),
    bodyLimit: BODY_LIMIT,
    genReqId: requestIdOf,
    childLoggerFactory: requestLogger,
    return503OnClosing: false,
    frameworkErrors: unreadablePath,
    clientErrorHandler: unreadableRequest,
  });
  requestIds(app);
  routes(app);
  requestLog(app);
  const measured = metrics(app, health, more);
  validation(app);
  problems(app);
  unrouted(app);
  owners(app);
  healthRoutes(app, health, version);
  await app.register(async (scope) => {
    guard(scope, auth);
    metricsRoutes(scope, measured);
  });
  return app;
}
