import { NO_TERMS } from '../service/terms.ts';
import { buildApp } from './app.ts';
import { createAuthenticator } from './auth.ts';
import { offlineBatches, offlineHealth, offlineRates, offlineService, offlineWebhooks } from './offline.ts';

/** The text of openapi/openapi.json: the app's own description of its routes. Needs neither Redis nor an endpoint. */
export async function openapiDocument(version: string): Promise<string> {
  const app = await buildApp({
    service: offlineService,
    batches: offlineBatches,
    webhooks: offlineWebhooks,
    health: offlineHealth,
    auth: createAuthenticator([]),
    terms: () => NO_TERMS,
    rates: offlineRates,
    settings: { maxBodyBytes: 1_000_000, maxBatchBytes: 16_000_000, version, docs: false, corsOrigins: [] },
    logger: false,
  });
  try {
    await app.ready();
    return `${JSON.stringify(app.swagger(), null, 2)}\n`;
  } finally {
    await app.close();
  }
}
