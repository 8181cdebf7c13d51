import type { Call, Completion, Outcome } from '../../src/core/types.ts';
import type { Clock } from '../../src/endpoints/traffic/clock.ts';
import { auto } from '../../src/endpoints/dialects/auto.ts';
import { createEndpoint, type EndpointDeps } from '../../src/endpoints/endpoint.ts';
import { createEndpoints, type EndpointSettings } from '../../src/endpoints/index.ts';
import { infoOf } from '../../src/endpoints/settings.ts';
import type { Desk } from '../../src/endpoints/ways/way.ts';
import type { AskOptions, Endpoint, Usage } from '../../src/service/ports.ts';

/* What tests of endpoints share: one endpoint at a URL, and an ask that writes everything down. */

export const MODEL = 'm';

export const never = new AbortController().signal;

export interface TestEndpoint {
  endpoint: Endpoint;
  close: () => Promise<void>;
}

/** Time that passes only by sleeping, so that waiting takes none. */
export class FastClock implements Clock {
  time = 1_700_000_000_000;
  readonly slept: number[] = [];

  now(): number {
    return this.time;
  }

  async sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.slept.push(milliseconds);
    const until = this.time + milliseconds;
    // what is under way goes on meanwhile
    await new Promise((resolve) => setImmediate(resolve));
    signal.throwIfAborted();
    this.time = Math.max(this.time, until);
  }

  random(): number {
    return 0.5;
  }
}

/** Settings of an endpoint at `baseUrl` that a test serves. */
export function settingsAt(baseUrl: string, more: Partial<EndpointSettings>): EndpointSettings {
  return {
    name: 'test',
    baseUrl,
    dialect: 'auto',
    apiKey: null,
    models: [],
    concurrency: 4,
    maxBatch: 8,
    requestsPerMinute: null,
    tokensPerMinute: null,
    timeoutSeconds: 20,
    price: null,
    allowPrivateNetwork: true,
    ...more,
  };
}

/** Everything about asking the server at `baseUrl`, about which nothing is found out. Closed by the test. */
export function openDesk(baseUrl: string, model: string, more: Partial<EndpointSettings> = {}): Desk & { close(): Promise<void> } {
  const settings = settingsAt(baseUrl, more);
  const endpoint = createEndpoint(settings, infoOf(settings, [settings]), auto, { clock: new FastClock() });
  return { ...endpoint.desk(model), close: () => endpoint.close() };
}

/** One endpoint at `baseUrl`, closed by the test. */
export function openEndpoint(
  baseUrl: string,
  more: Partial<EndpointSettings> = {},
  clock: Clock = new FastClock(),
  deps: EndpointDeps = {},
): TestEndpoint {
  const settings = settingsAt(baseUrl, more);
  const endpoints = createEndpoints({ default: settings.name, endpoints: [settings] }, { ...deps, clock });
  const endpoint = endpoints.get(settings.name);
  if (!endpoint) throw new Error('the endpoint is not there');
  return { endpoint, close: () => endpoints.close() };
}

export interface Asked {
  /** By position; a hole where nothing came. */
  outcomes: (Outcome | undefined)[];
  usage: Usage;
  /** Positions given to admit, call by call. */
  admitted: number[][];
}

type AskWith = (options: AskOptions) => Promise<void>;

/** Runs an ask and notes what it reports. An outcome that comes twice, or nowhere, is an error. */
export async function note(
  count: number,
  ask: AskWith,
  more: { signal?: AbortSignal; admit?: (positions: readonly number[]) => boolean } = {},
): Promise<Asked> {
  const asked: Asked = {
    outcomes: Array.from({ length: count }),
    usage: { calls: 0, httpRequests: 0, promptTokens: 0, cachedTokens: 0, completionTokens: 0, costUsd: 0 },
    admitted: [],
  };
  await ask({
    signal: more.signal ?? never,
    admit: (positions) => {
      asked.admitted.push([...positions]);
      return more.admit?.(positions) ?? true;
    },
    onOutcome: (position, outcome) => {
      if (position < 0 || position >= count || asked.outcomes[position]) {
        throw new Error(`a second or stray outcome at ${position}`);
      }
      asked.outcomes[position] = outcome;
    },
    onUsage: (usage, positions) => {
      if (positions.length === 0) throw new Error('usage for nobody');
      asked.usage.calls += usage.calls;
      asked.usage.httpRequests += usage.httpRequests;
      asked.usage.promptTokens += usage.promptTokens;
      asked.usage.cachedTokens += usage.cachedTokens;
      asked.usage.completionTokens += usage.completionTokens;
      asked.usage.costUsd += usage.costUsd;
    },
  });
  return asked;
}

export function chat(content: string, more: Record<string, unknown> = {}): Call {
  return { model: MODEL, messages: [{ role: 'user', content }], ...more };
}

export function prompt(text: string, more: Record<string, unknown> = {}): Call {
  return { model: MODEL, prompt: text, ...more };
}

export function answer(text: string): Completion {
  return { text, toolCalls: [], finishReason: 'stop' };
}

/** Sums of log-probabilities; NaN for what failed. */
export function sums(asked: Asked): number[] {
  return asked.outcomes.map((outcome) =>
    outcome?.kind === 'weighed' ? outcome.logprobs.reduce((total, value) => total + value, 0) : Number.NaN,
  );
}

/** Reasons of what failed, undefined where it went well. */
export function reasons(asked: Asked): (string | undefined)[] {
  return asked.outcomes.map((outcome) => (outcome?.kind === 'failed' ? outcome.reason : undefined));
}
