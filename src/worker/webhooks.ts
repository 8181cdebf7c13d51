import { DelayedError, Worker } from 'bullmq';
import { WEBHOOK_QUEUE, webhookPayloadSchema } from '../contract/queue.ts';
import type { Delivery } from '../contract/webhooks.ts';
import type { Log } from '../service/ports.ts';
import type { Due, Notifier, Outbox, Signing } from '../service/webhook-ports.ts';
import { restrain } from './refusals.ts';
import { afterAttempt, disabledDelivery, GONE, WAITS_MS } from './webhook-schedule.ts';
import { queueOptions, type RunningWorker, type WorkerSettings } from './worker.ts';

export interface WebhookDeps {
  outbox: Outbox;
  signing: Signing;
  notifier: Notifier;
  logger: Log;
}

const LOCK_MS = 30_000;
const STALLED_MS = 5_000;

/**
 * Makes notifications until closed, each at least once. How one goes is kept with what it is about; the queue only says
 * when it is time.
 */
export function startWebhooks(deps: WebhookDeps, { waitsMs: waits = WAITS_MS, ...settings }: WorkerSettings & { waitsMs?: readonly number[] | undefined }): RunningWorker {
  const { outbox, signing, notifier, logger } = deps;
  const closing = new AbortController();

  const notify = async (id: string, { owner, delivery, message }: Due): Promise<Delivery> => {
    if (await outbox.isGone(owner, delivery.url)) return disabledDelivery(delivery);
    const { current, previous, ofKeyBefore } = await signing.secrets(owner);
    const secrets = [current, ...(previous ? [previous.secret] : []), ...ofKeyBefore];
    const tried = await notifier.send(delivery.url, message, secrets, closing.signal);
    if (tried.status === GONE) await outbox.setGone(owner, delivery.url);
    const next = afterAttempt(delivery, tried, waits, Date.now());
    logger.info({ job_id: id, attempt: next.attempts, status: next.status, response: next.response_status }, 'webhook attempt');
    return next;
  };

  const worker = new Worker(
    WEBHOOK_QUEUE,
    async (job, token) => {
      const { id } = webhookPayloadSchema.parse(job.data);
      const later = async (at: number): Promise<never> => {
        await job.moveToDelayed(at, token);
        throw new DelayedError();
      };
      const due = await outbox.read(id);
      if (!due || due.delivery.status !== 'pending') return outbox.drop(id);
      try {
        const delivery = await notify(id, due);
        await outbox.record(id, delivery);
        if (delivery.next_attempt_at !== null) return await later(Date.parse(delivery.next_attempt_at));
      } catch (error) {
        // what was called off counts as not tried: another worker takes it on
        if (closing.signal.aborted && !(error instanceof DelayedError)) return later(Date.now());
        throw error;
      }
    },
    { ...queueOptions(settings), lockDuration: LOCK_MS, stalledInterval: STALLED_MS, maxStalledCount: 100 },
  );
  restrain(worker, logger, 'queue connection of webhooks', closing.signal);
  worker.on('failed', (job, error) => logger.warn({ job_id: job?.id, error: error.message }, 'a webhook is tried again once it is found undone'));
  return {
    async close() {
      closing.abort();
      await worker.close();
    },
  };
}
