import type { EndpointSettings } from '../endpoints/index.ts';

/** Settings of the embedded model's endpoint. Its port changes from start to start; its identity, and so the cache, does not. */
export function demoEndpoint(url: string): EndpointSettings {
  return {
    name: 'demo',
    baseUrl: url,
    dialect: 'auto',
    apiKey: null,
    models: ['tiny-reader'],
    concurrency: 4,
    maxBatch: 16,
    requestsPerMinute: null,
    tokensPerMinute: null,
    timeoutSeconds: 60,
    price: null,
    allowPrivateNetwork: true,
    embeddingModel: 'tiny-reader',
    identity: 'demo|tiny-reader-1',
  };
}
