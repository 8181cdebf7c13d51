import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Job, Queue, type QueueOptions } from 'bullmq';
import type { Redis } from 'ioredis';
import { problemError } from '../contract/problem.ts';
import { probeAnswerSchema, reportOf } from '../contract/probes.ts';
import { PAYLOAD_VERSION, PROBE_QUEUE, type ProbePayload } from '../contract/queue.ts';
import type { Probes } from '../service/shared-ports.ts';
import type { Keys } from './keys.ts';
import { guarded } from './unavailable.ts';

/** How long an answer may be collected, in seconds. */
const ANSWER_LIFE = 120;
const EVENTS_KEPT = 100;
/** A probe takes a second or more, and is asked for by people: looking now and then costs less than a subscription. */
const LOOK_MS = 100;

export interface RedisProbes extends Probes {
  readonly queue: Queue<ProbePayload>;
  close(): Promise<void>;
}

function openQueue(redis: Redis, keys: Keys, telemetry: QueueOptions['telemetry']): Queue<ProbePayload> {
  const queue = new Queue<ProbePayload>(PROBE_QUEUE, {
    connection: redis,
    prefix: keys.prefix,
    defaultJobOptions: { removeOnComplete: { age: ANSWER_LIFE }, removeOnFail: { age: ANSWER_LIFE }, stackTraceLimit: 0 },
    streams: { events: { maxLen: EVENTS_KEPT } },
    skipVersionCheck: true,
    ...(telemetry ? { telemetry } : {}),
  });
  // the connection's own listener has heard it; without one here an emitter throws
  queue.on('error', () => {});
  return queue;
}

/** The API's side of probing. @param redis policy `producer` */
export function createProbes(redis: Redis, keys: Keys, telemetry?: QueueOptions['telemetry']): RedisProbes {
  const queue = openQueue(redis, keys, telemetry);

  const add = async (endpoint: string, model: string): Promise<string> => {
    if (redis.status !== 'ready') throw new Error('Connection is closed.');
    const id = createHash('sha256').update(JSON.stringify([endpoint, model])).digest('base64url');
    // whoever asks while it waits or runs gets the same job
    const job = await queue.add('probe', { version: PAYLOAD_VERSION, endpoint, model }, { deduplication: { id } });
    return job.id ?? '';
  };

  return {
    queue,
    async ask(endpoint, model, milliseconds, signal) {
      const id = await guarded(() => add(endpoint, model));
      const until = Date.now() + milliseconds;
      for (;;) {
        const job = await guarded(() => Job.fromId<ProbePayload, unknown>(queue, id));
        const { data } = probeAnswerSchema.safeParse(job?.returnvalue ?? null);
        if (data && 'report' in data) return data.report;
        if (data) throw problemError(data.problem, data.retry_after);
        // failed, or gone: nobody will answer
        if (!job || job.failedReason || Date.now() >= until || signal.aborted) return null;
        await sleep(LOOK_MS);
      }
    },
    read: (endpoint, model) => guarded(async () => reportOf(await redis.get(keys.finding(endpoint, model)))),
    close: () => queue.close(),
  };
}
