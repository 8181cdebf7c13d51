import type { Consulted, EndpointInfo, Price } from '../service/ports.ts';
import type { ClassifierSettings } from './consult/consulted.ts';

/** Everything about one configured model server. The only place that holds its key. */
export interface EndpointSettings {
  name: string;
  /** Where the routes begin, normally with `/v1` at the end. */
  baseUrl: string;
  /** Id of a registered dialect. */
  dialect: string;
  /** null: the server takes requests without a key. */
  apiKey: string | null;
  /** The header that the key travels in. Default: authorization, as a bearer token. */
  keyHeader?: 'authorization' | 'api-key';
  /** Sent with every request as the query's api-version. */
  apiVersion?: string | null;
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
  /** A model of this endpoint that embeds texts. */
  embeddingModel?: string | null;
  /** Who classifies entailment and contradiction, by the name of its endpoint. Left out: the judge. */
  nli?: ClassifierSettings | null;
  /** Who judges answers, by the name of its endpoint. */
  judge?: { endpoint: string; model: string } | null;
  /** Part of every cache key; left out: name and base URL. */
  identity?: string;
  /** Under which processes share what they know of it: findings, limits, pauses. Left out: its name. */
  scope?: string;
}

export const DEFAULT_MAX_WAIT_SECONDS = 120;

export function identityOf({ identity, name, baseUrl, apiVersion }: EndpointSettings): string {
  return identity ?? [name, baseUrl, ...(apiVersion ? [apiVersion] : [])].join('|');
}

/** What may be shown of an endpoint. @param all of the file: those that are consulted are among them */
export function infoOf(settings: EndpointSettings, all: readonly EndpointSettings[]): EndpointInfo {
  const consulted = (chosen: { endpoint: string; model: string } | null | undefined): Consulted | null =>
    chosen ? { endpoint: chosen.endpoint, model: chosen.model, price: all.find(({ name }) => name === chosen.endpoint)?.price ?? null } : null;
  const { embeddingModel, nli, judge } = settings;
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
    embedding: consulted(embeddingModel ? { endpoint: settings.name, model: embeddingModel } : null),
    nli: consulted(nli ?? judge),
    contradiction: consulted((nli?.contradictionLabel ?? null) === null ? judge : nli),
    judge: consulted(judge),
  };
}
