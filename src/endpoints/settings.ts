import type { EndpointInfo, Price } from '../service/ports.ts';

/** Everything about one configured model server. The only place that holds its key. */
export interface EndpointSettings {
  name: string;
  /** Where the routes begin, normally with `/v1` at the end. */
  baseUrl: string;
  /** Id of a registered dialect. */
  dialect: string;
  /** null: the server takes requests without a key. */
  apiKey: string | null;
  /** Empty: any model name is passed on. */
  models: readonly string[];
  /** Requests under way at once, per process. */
  concurrency: number;
  /** Prompts in one request at most, where the server takes lists. */
  maxBatch: number;
  requestsPerMinute: number | null;
  tokensPerMinute: number | null;
  /** For one attempt. */
  timeoutSeconds: number;
  /** What one item may wait between its attempts, all in all. Default 120. */
  maxWaitSeconds?: number;
  price: Price | null;
  /** False: private, loopback and link-local addresses are not connected to. */
  allowPrivateNetwork: boolean;
  /** Part of every cache key; left out: name and base URL. */
  identity?: string;
}

export const DEFAULT_MAX_WAIT_SECONDS = 120;

/** What may be shown of an endpoint. */
export function infoOf(settings: EndpointSettings): EndpointInfo {
  return {
    name: settings.name,
    dialect: settings.dialect,
    baseUrl: settings.baseUrl,
    models: settings.models,
    concurrency: settings.concurrency,
    maxBatch: settings.maxBatch,
    requestsPerMinute: settings.requestsPerMinute,
    tokensPerMinute: settings.tokensPerMinute,
    timeoutSeconds: settings.timeoutSeconds,
    price: settings.price,
  };
}
