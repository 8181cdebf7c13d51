import { context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Tracer } from '@opentelemetry/api';

/** What is known of a request when it comes in. */
export interface Incoming {
  id: string;
  method: string;
  /** The route's pattern, never the path. */
  route: string;
  headers: Record<string, unknown>;
}

export interface RequestSpan {
  /** Runs the handler as a part of the request's trace. */
  run(work: () => void): void;
  end(status: number): void;
}

/** A span for every request of the API, part of the caller's trace where it sent a `traceparent` (W3C Trace Context). */
export function requestSpan(tracer: Tracer, { id, method, route, headers }: Incoming): RequestSpan {
  const caller = propagation.extract(ROOT_CONTEXT, headers);
  const span = tracer.startSpan(
    `${method} ${route}`,
    { kind: SpanKind.SERVER, attributes: { 'http.request.method': method, 'http.route': route, 'wherefore.request_id': id } },
    caller,
  );
  return {
    run: (work) => context.with(trace.setSpan(caller, span), work),
    end(status) {
      span.setAttribute('http.response.status_code', status);
      if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    },
  };
}
