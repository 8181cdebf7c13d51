import { type ExplanationRequest, requestSchema } from '../src/contract/request.ts';
import type { Result } from '../src/contract/resource.ts';
import type { Outcome } from '../src/core/types.ts';
import { createEndpoints } from '../src/endpoints/index.ts';
import { demoEndpoint } from '../src/bin/demo-endpoint.ts';
import { explain } from '../src/service/explain.ts';
import type { Endpoints, OutcomeCache } from '../src/service/ports.ts';
import { startDemoServer } from '../demo/server.ts';

/** A job without queue and Redis: the worker's part alone, over real HTTP to the endpoint. */
export async function runJob(endpoints: Endpoints, body: unknown, cache: OutcomeCache = memoryCache()): Promise<Result> {
  const request: ExplanationRequest = requestSchema.parse(body);
  const { result } = await explain({
    owner: 'bench',
    request,
    endpoints,
    cache,
    limits: { maxUnits: 1000, maxCalls: 10_000 },
    version: 'bench',
    cancel: new AbortController().signal,
    handBack: new AbortController().signal,
    onProgress: () => undefined,
    onUsed: () => undefined,
  });
  return result;
}

/** The embedded model, served over HTTP for as long as `work` takes. */
export async function withDemo<T>(work: (endpoints: Endpoints, url: string) => Promise<T>): Promise<T> {
  const server = await startDemoServer();
  const endpoints = createEndpoints({ default: 'demo', endpoints: [demoEndpoint(server.url)] }, {});
  try {
    return await work(endpoints, server.url);
  } finally {
    await endpoints.close();
    await server.close();
  }
}

/** A cache of one bench's own, so that no job profits from another run. */
export function memoryCache(): OutcomeCache {
  const kept = new Map<string, Outcome>();
  return {
    get: async (keys) => keys.map((key) => kept.get(key) ?? null),
    set: async (key, outcome) => void kept.set(key, outcome),
    delete: async (keys) => keys.forEach((key) => kept.delete(key)),
  };
}
