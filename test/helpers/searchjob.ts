import { requestSchema } from '../../src/contract/request.ts';
import type { Contrast } from '../../src/contract/contrast.ts';
import type { Provisional, Result } from '../../src/contract/resource.ts';
import type { Outcome } from '../../src/core/types.ts';
import { createEndpoints, type EndpointSettings } from '../../src/endpoints/index.ts';
import { explain } from '../../src/service/explain.ts';
import type { Endpoints, OutcomeCache } from '../../src/service/ports.ts';
import { type ModelServer, type ModelServerOptions, startModelServer } from './model-server.ts';

/*
 * Searches as a worker runs them, without queue and Redis, on servers whose answers are known.
 */

export const open: { close(): Promise<unknown> }[] = [];
export async function closeAll(): Promise<void> {
  for (const part of open.splice(0).toReversed()) await part.close();
}

/** Can only be asked to answer. */
const PLAIN: ModelServerOptions = { echo: 'off', promptLogprobs: false, tokenize: false, chatLogprobs: false };

function settingsFor(name: string, server: ModelServer, more: Partial<EndpointSettings> = {}): EndpointSettings {
  return {
    name, baseUrl: server.url, dialect: 'auto', apiKey: null, models: [], concurrency: 32, maxBatch: 1, requestsPerMinute: null,
    tokensPerMinute: null, timeoutSeconds: 20, price: null, allowPrivateNetwork: true, identity: `${name}|${server.url}`, ...more,
  };
}

export interface Served {
  server: ModelServer;
  other: ModelServer;
  endpoints: Endpoints;
  /** Bodies of calls that a job asked the first server to answer. */
  asked: () => Record<string, unknown>[];
}

/** A server that answers by a rule, and another one, `other`, for whoever proposes words or judges. */
export async function serve(answer: NonNullable<ModelServerOptions['answer']>, other: ModelServerOptions = {}, more: Partial<EndpointSettings> = {}, options: ModelServerOptions = {}): Promise<Served> {
  const server = await startModelServer({ ...PLAIN, answer, ...options });
  const second = await startModelServer(other);
  const endpoints = createEndpoints({ default: 'here', endpoints: [settingsFor('here', server, more), settingsFor('other', second)] }, {});
  open.push(server, second, endpoints);
  return { server, other: second, endpoints, asked: () => server.requests.map(({ body }) => body).filter((body) => JSON.stringify(body).includes('[job]')) };
}

export function memory(): OutcomeCache & { kept: Map<string, Outcome> } {
  const kept = new Map<string, Outcome>();
  return {
    kept,
    get: async (keys) => keys.map((key) => kept.get(key) ?? null),
    set: async (key, outcome) => void kept.set(key, outcome),
    delete: async (keys) => keys.forEach((key) => kept.delete(key)),
  };
}

interface Running {
  cache?: OutcomeCache;
  cancel?: AbortSignal;
  onProvisional?: (provisional: Provisional) => void;
}

/** A job about this user message; `[job]` in a fixed part tells its calls from probes. */
export async function search(endpoints: Endpoints, text: string, method: object, more: object = {}, running: Running = {}): Promise<{ result: Result; contrast: Contrast; evaluations: string }> {
  const content = [{ type: 'text', text: '[job]', explain: 'fixed' }, { type: 'text', text }];
  const request = requestSchema.parse({ call: { model: 'm', temperature: 0, messages: [{ role: 'user', content }] }, method, ...more });
  const never = new AbortController().signal;
  const { result, evaluations } = await explain({
    owner: 'test', request, endpoints, cache: memory(), limits: { maxUnits: 1_000, maxCalls: 10_000 }, version: 'test',
    cancel: never, handBack: never, onProgress: () => undefined, onUsed: () => undefined, ...running,
  });
  if (!result.contrast) throw new Error('not a search');
  return { result, contrast: result.contrast, evaluations };
}

/** The text of the user message in a call that was sent. */
export function textOf(body: Record<string, unknown>): string {
  const [message] = body['messages'] as { content: string | { text: string }[] }[];
  const content = message?.content ?? '';
  return typeof content === 'string' ? content : content.map(({ text }) => text).join('').replace('[job]', '');
}
