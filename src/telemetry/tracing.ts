import { context, propagation, SpanKind, trace, type Tracer } from '@opentelemetry/api';
import type { Sampler } from '@opentelemetry/sdk-trace';
import type { Telemetry as QueueTelemetry } from 'bullmq';
import { scrubbed } from './scrubbed.ts';

export interface TracingSettings {
  /** Base URL of an OTLP/HTTP collector; `/v1/traces` is added. */
  collector: string;
  serviceName: string;
  version: string;
  /** Traces that are kept, 0 to 1; where a caller's trace goes on, the caller decides. */
  ratio: number;
  onError: (error: Error) => void;
}

export interface Tracing {
  tracer: Tracer;
  /** For queues and workers of BullMQ: carries the trace along with the job. */
  queue: QueueTelemetry;
  /** Sends what is left, within seconds. */
  close(): Promise<void>;
}

const NAME = 'wherefore';
const EXPORT_MS = 3_000;

/**
 * Traces to a collector. The SDK is loaded here and nowhere else, so that who does not trace does not pay for it.
 * @throws Error when it was opened before in this process: context and propagation are the process's
 */
export async function openTracing({ collector, serviceName, version, ratio, onError }: TracingSettings): Promise<Tracing> {
  const [sdk, { OTLPTraceExporter }, { AsyncLocalStorageContextManager }, { setGlobalErrorHandler, W3CTraceContextPropagator }, { resourceFromAttributes }, { BullMQOtel }] = await Promise.all([
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/context-async-hooks'),
    import('@opentelemetry/core'),
    import('@opentelemetry/resources'),
    import('bullmq-otel'),
  ]);
  const share = new sdk.TraceIdRatioBasedSampler(ratio);
  // looking for work is no work: the queue would begin a trace of its own each time
  const root: Sampler = {
    shouldSample: (from, traceId, _name, kind) => (kind === SpanKind.INTERNAL ? { decision: sdk.SamplingDecision.NOT_RECORD } : share.shouldSample(from, traceId)),
    toString: () => `${share.toString()} without internal roots`,
  };
  const exporter = new OTLPTraceExporter({ url: `${collector.replace(/\/+$/, '')}/v1/traces`, timeoutMillis: EXPORT_MS });
  const provider = new sdk.TracerProvider({
    resource: resourceFromAttributes({ 'service.name': serviceName, 'service.version': version }),
    sampler: new sdk.ParentBasedSampler({ root }),
    spanProcessors: [new sdk.BatchSpanProcessor({ exporter: scrubbed(exporter), exportTimeoutMillis: EXPORT_MS })],
  });
  setGlobalErrorHandler((error) => onError(error instanceof Error ? error : new Error(typeof error === 'string' ? error : 'traces could not be sent')));
  const ours = context.setGlobalContextManager(new AsyncLocalStorageContextManager()) && propagation.setGlobalPropagator(new W3CTraceContextPropagator()) && trace.setGlobalTracerProvider(provider);
  if (!ours) throw new Error('traces are set up already in this process');
  return {
    tracer: trace.getTracer(NAME, version),
    queue: new BullMQOtel({ tracerName: NAME, version }),
    async close() {
      await provider.shutdown();
      context.disable();
      propagation.disable();
      trace.disable();
    },
  };
}
