import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Evaluated, JobMeter, Meter } from '../service/meter.ts';
import type { Status } from '../service/ports.ts';

/** Seconds; explanations take from parts of a second to hours. */
const JOB_BUCKETS = [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600, 14_400];

/** Prometheus metrics of explanations. Labels hold methods of the registry and states, so series stay few. */
export function createMeter(registry: Registry): Meter {
  const registers = [registry];
  const accepted = new Counter({ name: 'wherefore_jobs_accepted_total', help: 'Explanations that were taken in and queued.', labelNames: ['method'], registers });
  const started = new Counter({ name: 'wherefore_jobs_started_total', help: 'Attempts at explanations that workers began.', labelNames: ['method'], registers });
  const ended = new Counter({ name: 'wherefore_jobs_ended_total', help: 'Explanations that ended, by their last state.', labelNames: ['method', 'status'], registers });
  const left = new Counter({
    name: 'wherefore_job_attempts_total',
    help: 'Attempts that are over: ended the explanation, handed it back at shutdown, or left it to be tried again.',
    labelNames: ['method', 'how'],
    registers,
  });
  const running = new Gauge({ name: 'wherefore_jobs_in_progress', help: 'Explanations that this process works on.', labelNames: ['method'], registers });
  const waited = new Histogram({ name: 'wherefore_job_wait_seconds', help: 'From acceptance to the first attempt.', labelNames: ['method'], buckets: JOB_BUCKETS, registers });
  const took = new Histogram({ name: 'wherefore_job_duration_seconds', help: 'Length of the attempt that ended an explanation.', labelNames: ['method', 'status'], buckets: JOB_BUCKETS, registers });
  const evaluations = new Counter({
    name: 'wherefore_evaluations_total',
    help: 'Evaluations: asked of an endpoint, found in the cache, failed (a part of those asked).',
    labelNames: ['method', 'what'],
    registers,
  });

  // finding the series of a label anew takes longer than counting; methods are few
  const acceptedBy = new Map<string, Counter.Internal>();

  const job = (method: string): JobMeter => {
    const begun = performance.now();
    started.inc({ method });
    running.inc({ method });
    return {
      evaluated: (what: Evaluated, count: number) => evaluations.inc({ method, what }, count),
      ended(status: Status) {
        ended.inc({ method, status });
        took.observe({ method, status }, (performance.now() - begun) / 1_000);
      },
      left(how) {
        running.dec({ method });
        left.inc({ method, how });
      },
    };
  };

  return {
    accepted(method) {
      const series = acceptedBy.get(method) ?? accepted.labels({ method });
      acceptedBy.set(method, series);
      series.inc();
    },
    ended: (method, status) => ended.inc({ method, status }),
    started(method, waitedSeconds) {
      if (waitedSeconds !== null) waited.observe({ method }, waitedSeconds);
      return job(method);
    },
  };
}
