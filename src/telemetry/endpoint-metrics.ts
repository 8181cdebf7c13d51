import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Watch } from '../service/meter.ts';

/** Seconds: from a token of a small model to the longest timeout that is usual. */
const BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];

/**
 * Prometheus metrics of requests to endpoints, with the endpoint's name as label. No model: a caller may name any, and
 * each would be a series.
 */
export function createEndpointMetrics(registry: Registry): Watch {
  const registers = [registry];
  const seconds = new Histogram({
    name: 'wherefore_endpoint_request_duration_seconds',
    help: 'Time of one HTTP request to an endpoint, retries counted each.',
    labelNames: ['endpoint', 'outcome'],
    buckets: BUCKETS,
    registers,
  });
  const inFlight = new Gauge({ name: 'wherefore_endpoint_requests_in_flight', help: 'HTTP requests to an endpoint that are under way.', labelNames: ['endpoint'], registers });
  const wait = new Histogram({
    name: 'wherefore_endpoint_wait_seconds',
    help: 'What a request waited for its turn, limits and pauses included.',
    labelNames: ['endpoint'],
    buckets: BUCKETS,
    registers,
  });
  const retries = new Counter({ name: 'wherefore_endpoint_retries_total', help: 'Requests that were sent again.', labelNames: ['endpoint'], registers });
  const pauses = new Counter({ name: 'wherefore_endpoint_pauses_total', help: 'Times that an endpoint asked to be left alone.', labelNames: ['endpoint'], registers });
  const tokens = new Counter({
    name: 'wherefore_endpoint_tokens_total',
    help: 'Tokens that an endpoint counted: prompt, the part of it that was cached, completion.',
    labelNames: ['endpoint', 'kind'],
    registers,
  });
  const cost = new Counter({ name: 'wherefore_endpoint_cost_usd_total', help: 'US dollars by the configured prices.', labelNames: ['endpoint'], registers });

  return {
    sent({ endpoint }) {
      const begun = performance.now();
      inFlight.inc({ endpoint });
      return ({ outcome, usage }) => {
        inFlight.dec({ endpoint });
        seconds.observe({ endpoint, outcome }, (performance.now() - begun) / 1_000);
        tokens.inc({ endpoint, kind: 'prompt' }, usage.promptTokens);
        tokens.inc({ endpoint, kind: 'cached' }, usage.cachedTokens);
        tokens.inc({ endpoint, kind: 'completion' }, usage.completionTokens);
        cost.inc({ endpoint }, usage.costUsd);
      };
    },
    waited: (endpoint, waitedSeconds) => wait.observe({ endpoint }, waitedSeconds),
    again: (endpoint) => retries.inc({ endpoint }),
    paused: (endpoint) => pauses.inc({ endpoint }),
  };
}
