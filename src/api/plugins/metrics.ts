import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Health } from '../../service/ports.ts';

/** Seconds; the upper end covers replies that are held by `Prefer: wait`. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

/** Gauges of what the service stands on, and how they are brought up to date; while Redis is away only `redis_up` has a value. */
function healthGauges(registers: Registry[], health: Health): () => Promise<void> {
  const up = new Gauge({ name: 'wherefore_redis_up', help: '1 when Redis answers.', registers });
  const workers = new Gauge({ name: 'wherefore_workers', help: 'Workers seen within the last 15 seconds.', registers });
  const depth = new Gauge({
    name: 'wherefore_queue_jobs',
    help: 'Jobs on the queue by state.',
    labelNames: ['state'],
    registers,
  });
  const open = new Gauge({ name: 'wherefore_jobs_open', help: 'Explanations that have not ended, waiting or being worked on.', labelNames: ['status'], registers });
  const oldest = new Gauge({ name: 'wherefore_queue_oldest_seconds', help: 'Age of the oldest explanation that waits; 0 when none does.', registers });
  return async () => {
    const [answers, seen, jobs, unended, age] = await Promise.all([
      health.ping().catch(() => false),
      health.workers().catch(() => null),
      health.queueDepth().catch(() => ({})),
      health.open().catch(() => ({})),
      health.oldestQueuedSeconds().catch(() => undefined),
    ]);
    up.set(answers ? 1 : 0);
    if (seen === null) workers.remove({});
    else workers.set(seen);
    depth.reset();
    for (const [state, count] of Object.entries(jobs)) depth.set({ state }, count);
    open.reset();
    for (const [status, count] of Object.entries(unended)) open.set({ status }, count);
    if (age === undefined) oldest.remove({});
    else oldest.set(age ?? 0);
  };
}

export interface Metrics {
  contentType: string;
  text(): Promise<string>;
}

/**
 * Measures every request under its route's pattern (never its path, so that labels stay few) and gives the Prometheus
 * text, to which `more` adds metrics of other names.
 */
export function metrics(app: FastifyInstance, health: Health, more?: () => Promise<string>): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const refresh = healthGauges([registry], health);
  const seconds = new Histogram({
    name: 'wherefore_http_request_duration_seconds',
    help: 'Time from the request to the end of its reply.',
    labelNames: ['method', 'route', 'status'],
    buckets: BUCKETS,
    registers: [registry],
  });
  // finding the series of labels anew takes longer than counting; methods, routes and statuses are few
  const series = new Map<string, Map<string, Map<number, Histogram.Internal<string>>>>();
  const seriesOf = (route: string, method: string, status: number): Histogram.Internal<string> => {
    const ofRoute = series.get(route) ?? new Map<string, Map<number, Histogram.Internal<string>>>();
    const ofMethod = ofRoute.get(method) ?? new Map<number, Histogram.Internal<string>>();
    const known = ofMethod.get(status);
    if (known) return known;
    const made = seconds.labels({ method, route, status });
    series.set(route, ofRoute.set(method, ofMethod.set(status, made)));
    return made;
  };
  app.addHook('onResponse', (request, reply, done) => {
    seriesOf(request.route, request.method, reply.statusCode).observe(reply.elapsedTime / 1_000);
    done();
  });
  return {
    contentType: registry.contentType,
    async text() {
      await refresh();
      return (await registry.metrics()) + (more ? await more() : '');
    },
  };
}
