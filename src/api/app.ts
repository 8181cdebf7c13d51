import Fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyPluginCallback, type FastifyServerOptions, LogController } from 'fastify';
import type { Health } from '../service/ports.ts';
import type { Rates } from '../service/rates.ts';
import type { BatchService, Service, WebhookService } from '../service/service.ts';
import type { TermsOf } from '../service/terms.ts';
import type { Authenticator } from './auth.ts';
import { guard, owners } from './plugins/auth.ts';
import { board } from './plugins/board.ts';
import { browsers } from './plugins/browsers.ts';
import { jsonBodies } from './plugins/json-body.ts';
import { metrics } from './plugins/metrics.ts';
import { problems } from './plugins/problems.ts';
import { rates } from './plugins/rates.ts';
import { requestIdOf, requestIds } from './plugins/request-id.ts';
import { requestLog } from './plugins/request-log.ts';
import { requestLogger } from './plugins/request-logger.ts';
import { routes } from './plugins/route.ts';
import { type Incoming, type RequestScope, scoped } from './plugins/scope.ts';
import { openapi } from './plugins/swagger.ts';
import { unicodeBodies } from './plugins/unicode.ts';
import { unreadablePath, unreadableRequest } from './plugins/unreadable.ts';
import { unrouted } from './plugins/unrouted.ts';
import { validation } from './plugins/validation.ts';
import { waiting } from './plugins/waiting.ts';
import { attributionRoutes } from './routes/attributions.ts';
import { batchSubmissionRoutes } from './routes/batch-submission.ts';
import { batchRoutes } from './routes/batches.ts';
import { catalogueRoutes } from './routes/catalogue.ts';
import { endpointRoutes } from './routes/endpoints.ts';
import { estimateRoutes } from './routes/estimates.ts';
import { eventRoutes } from './routes/events.ts';
import { evaluationRoutes } from './routes/evaluations.ts';
import { explanationRoutes } from './routes/explanations.ts';
import { healthRoutes } from './routes/health.ts';
import { metricsRoutes } from './routes/metrics.ts';
import { openapiRoutes } from './routes/openapi.ts';
import { probeRoutes } from './routes/probes.ts';
import { reportRoutes } from './routes/report.ts';
import { submissionRoutes } from './routes/submission.ts';
import { webhookSecretRoutes } from './routes/webhook-secrets.ts';

export interface AppDeps {
  service: Service;
  batches: BatchService;
  webhooks: WebhookService;
  health: Health;
  auth: Authenticator;
  terms: TermsOf;
  rates: Rates;
  settings: {
    maxBodyBytes: number;
    /** Of a batch's body. */
    maxBatchBytes: number;
    /** Of the service; shown by /healthz and in the OpenAPI document. */
    version: string;
    /** Whether Swagger UI is served under /docs. */
    docs: boolean;
    /** Origins whose scripts may read replies. */
    corsOrigins: readonly string[];
  };
  /** A pino logger. */
  logger: FastifyBaseLogger | false;
  /** Prometheus text of the rest of the process, of other names than the app's own. */
  metrics?: () => Promise<string>;
  /** What each handler runs within. */
  around?: (request: Incoming) => RequestScope;
  /** Who may see what is nobody's own: opens /metrics instead of `auth`, and the board. */
  operator?: Authenticator | null;
  /** Pages that show the queues; they need an operator. */
  board?: FastifyPluginCallback | null;
}

/** Milliseconds within which a whole request must have arrived. */
const REQUEST_TIMEOUT = 120_000;

/** The HTTP API, ready for `listen` or `inject`. Closing it ends held replies early; it closes nothing of `deps`. */
export async function buildApp(deps: AppDeps): Promise<FastifyInstance> {
  const { service, batches, webhooks, health, auth, terms, settings, logger, operator = null } = deps;
  const logging: FastifyServerOptions = logger === false ? { logger: false } : { loggerInstance: logger };
  const app = Fastify({
    ...logging,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request_id' }),
    bodyLimit: settings.maxBodyBytes,
    requestTimeout: REQUEST_TIMEOUT,
    genReqId: requestIdOf,
    childLoggerFactory: requestLogger,
    // its 503 would be no problem document; what still arrives while closing is served
    return503OnClosing: false,
    frameworkErrors: unreadablePath,
    clientErrorHandler: unreadableRequest,
  });

  requestIds(app);
  routes(app);
  await browsers(app, settings.corsOrigins);
  requestLog(app);
  if (deps.around) scoped(app, deps.around);
  const measured = metrics(app, health, deps.metrics);
  validation(app);
  problems(app);
  unrouted(app);
  jsonBodies(app);
  unicodeBodies(app);
  owners(app);
  const untilGone = waiting(app);
  await openapi(app, settings);

  healthRoutes(app, health, settings.version);
  openapiRoutes(app);
  await app.register(async (scope) => {
    guard(scope, operator ?? auth);
    metricsRoutes(scope, measured);
  });
  if (deps.board && operator) await board(app, operator, deps.board);
  await app.register(
    async (scope) => {
      guard(scope, auth, terms);
      const charge = rates(scope, deps.rates);
      submissionRoutes(scope, service, { untilGone, charge });
      explanationRoutes(scope, service);
      eventRoutes(scope, service, untilGone);
      attributionRoutes(scope, service);
      evaluationRoutes(scope, service);
      reportRoutes(scope, service);
      estimateRoutes(scope, service);
      catalogueRoutes(scope, service);
      endpointRoutes(scope, service);
      probeRoutes(scope, service, untilGone);
      batchSubmissionRoutes(scope, batches, { untilGone, charge, maxBatchBytes: settings.maxBatchBytes });
      batchRoutes(scope, batches);
      webhookSecretRoutes(scope, webhooks);
    },
    { prefix: '/v1' },
  );
  return app;
}
