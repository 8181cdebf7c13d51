import type { Logger } from 'pino';
import { Gauge, Registry } from 'prom-client';
import type { Incoming, RequestScope } from '../api/plugins/scope.ts';
import type { Config } from '../config.ts';
import type { Meter, Watch } from '../service/meter.ts';
import { createEndpointMetrics } from '../telemetry/endpoint-metrics.ts';
import { createEndpointSpans } from '../telemetry/endpoint-spans.ts';
import { createMeter } from '../telemetry/meter.ts';
import { requestSpan } from '../telemetry/request-spans.ts';
import { withinRequest } from '../telemetry/scope.ts';
import { openTracing, type Tracing } from '../telemetry/tracing.ts';
import { watches } from '../telemetry/watches.ts';
import type { Closers } from './compose.ts';
import { version } from './version.ts';

/** What a process tells of itself. */
export interface Telemetry {
  meter: Meter;
  watch: Watch;
  /** Prometheus text of jobs and endpoints; what every process has (event loop, memory) is added where it is served. */
  metrics: () => Promise<string>;
  around: (request: Incoming) => RequestScope;
  /** null unless traces go to a collector. */
  tracing: Tracing | null;
}

/** Metrics always, traces where there is somewhere to send them. */
export function createTelemetry(tracing: Tracing | null = null): Telemetry {
  const registry = new Registry();
  new Gauge({ name: 'wherefore_build_info', help: 'Always 1; the labels say what runs.', labelNames: ['version', 'node'], registers: [registry] }).set({ version, node: process.version }, 1);
  const endpointMetrics = createEndpointMetrics(registry);
  return {
    meter: createMeter(registry),
    watch: tracing ? watches([endpointMetrics, createEndpointSpans(tracing.tracer)]) : endpointMetrics,
    metrics: () => registry.metrics(),
    around(request) {
      const span = tracing && request.traced ? requestSpan(tracing.tracer, request) : null;
      return {
        run: (handler) => withinRequest(request.id, () => (span ? span.run(handler) : handler())),
        end: (status) => span?.end(status),
      };
    },
    tracing,
  };
}

/** As configured. Opened first, so that it is closed last and sends what closing the others told. */
export async function openTelemetry(config: Config, closers: Closers, logger: Logger): Promise<Telemetry> {
  const collector = config.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (collector === undefined) return createTelemetry();
  const tracing = await openTracing({
    collector,
    serviceName: config.OTEL_SERVICE_NAME,
    version,
    ratio: config.OTEL_TRACES_SAMPLER_ARG,
    onError: (error) => logger.warn({ error: error.message }, 'traces'),
  });
  closers.add('traces', () => tracing.close());
  return createTelemetry(tracing);
}
