import { catalogue } from '../contract/catalogue.ts';
import { ProblemError } from '../errors.ts';
import type { Health } from '../service/ports.ts';
import type { Rates } from '../service/rates.ts';
import type { BatchService, Service, WebhookService } from '../service/service.ts';

async function away(): Promise<never> {
  throw new ProblemError('storage_unavailable', 'This process has no storage.');
}

/** The service of a process without storage and endpoints, such as the one that writes the OpenAPI document. */
export const offlineService: Service = {
  submit: away,
  read: away,
  show: away,
  readWhenEnded: away,
  follow: away,
  list: away,
  cancel: away,
  erase: away,
  attribute: away,
  evaluations: away,
  estimate: away,
  catalogue,
  probe: away,
  readProbe: away,
  endpoints: () => ({ defaultName: '', endpoints: [], callerEndpoints: false }),
};

export const offlineBatches: BatchService = {
  submitBatch: away,
  readBatch: away,
  readBatchWhenEnded: away,
  listBatches: away,
  cancelBatch: away,
  eraseBatch: away,
};

export const offlineWebhooks: WebhookService = { webhookSecret: away, rotateWebhookSecret: away };

/** Counts nothing. */
export const offlineRates: Rates = { take: async () => null };

export const offlineHealth: Health = { ping: async () => false, workers: away, queueDepth: away, open: away, oldestQueuedSeconds: away };
