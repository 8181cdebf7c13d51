import type { Call, Completion, TokenGrid } from '../core/types.ts';
import { ProblemError } from '../errors.ts';
import type { AskOptions, Cut, Endpoint, EndpointInfo, Usage } from '../service/ports.ts';
import type { Dialect } from './dialects/dialect.ts';
import { askAgain } from './again.ts';
import { forAnswers } from './generate.ts';
import { forOpenings } from './openings/form.ts';
import { createClient } from './http/client.ts';
import { Fault } from './http/fault.ts';
import { Probe, type Probed } from './probe/probe.ts';
import { Remembered } from './probe/remembered.ts';
import { problemOf } from './problems.ts';
import { DEFAULT_MAX_WAIT_SECONDS, type EndpointSettings, identityOf } from './settings.ts';
import { shapeOf } from './shape.ts';
import { Channel, type Log } from './traffic/channel.ts';
import { type Clock, systemClock } from './traffic/clock.ts';
import { Limiter } from './traffic/limiter.ts';
import type { Desk, Weigher } from './ways/way.ts';

/** How long a finding stands that a server in trouble gave: enough for a job's next round. */
const DOUBTFUL_MS = 60_000;

export interface EndpointDeps {
  log?: Log;
  /** Time and chance; the system's own when left out. */
  clock?: Clock;
}

export type ClosableEndpoint = Endpoint & {
  /** The way to one of its models, for whoever asks it something else than an endpoint is asked. */
  desk(model: string): Desk;
  close(): Promise<void>;
};

/** Faults that no item can carry end the whole ask. */
async function asProblem<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof Fault ? problemOf(error) : error;
  }
}

/** One configured endpoint: its connections, limits and what was found out about it live as long as it does. */
export function createEndpoint(
  settings: EndpointSettings,
  info: EndpointInfo,
  dialect: Dialect,
  { log, clock = systemClock }: EndpointDeps,
): ClosableEndpoint {
  const { name, concurrency, maxBatch } = settings;
  const client = createClient(settings, () => clock.now());
  const limiter = new Limiter(settings, clock);
  const maxWaitMs = (settings.maxWaitSeconds ?? DEFAULT_MAX_WAIT_SECONDS) * 1_000;
  const channel = new Channel({ name, client, limiter, clock, price: settings.price, maxWaitMs, log });
  const probes = new Remembered<Probed>(() => clock.now());

  const probed = (model: string, signal: AbortSignal): Promise<Probed> =>
    probes.get(model, signal, async (own) => {
      const value = await new Probe({ channel, model, maxBatch, concurrency }, own).run(dialect);
      log?.info({ endpoint: name, model, ...value.supports }, 'asked what the endpoint can do');
      return { value, until: value.certain ? Infinity : clock.now() + DOUBTFUL_MS };
    });

  const modelOf = (call: Call): string => {
    const model = call['model'] ?? settings.models[0];
    if (typeof model !== 'string') {
      throw new ProblemError('unknown_model', `the call names no model, and ${name} has none configured`);
    }
    return model;
  };

  const weigherFor = async (call: Call, signal: AbortSignal): Promise<Weigher> => {
    const shape = shapeOf(call);
    const found = shape === 'chat' || shape === 'completion' ? (await probed(modelOf(call), signal))[shape] : null;
    if (found) return found;
    throw new ProblemError(
      'scorer_unavailable',
      `${name} was not seen to give log-probabilities of a given answer to this kind of call: use a text scorer`,
    );
  };

  const lists = async (model: string, signal: AbortSignal): Promise<boolean> => {
    try {
      return (await probed(model, signal)).supports.lists;
    } catch (error) {
      // asking one by one will show what is the matter
      if (error instanceof ProblemError) return false;
      throw error;
    }
  };

  const asking = { channel, maxBatch, concurrency, model: settings.models[0], lists };

  return {
    info,
    identity: identityOf(settings),
    desk: (model) => ({ channel, model, maxBatch, concurrency }),
    supports: async (model, signal) => (await probed(model, signal)).supports,
    generate: (calls, options) => askAgain(calls, forAnswers, asking, options),
    async grid(call: Call, completion: Completion, signal: AbortSignal, onUsage?: (usage: Usage) => void): Promise<Cut> {
      const weigher = await weigherFor(call, signal);
      return asProblem(weigher.grid(call, completion, signal, onUsage));
    },
    async weigh(calls: readonly Call[], completion: Completion, grid: TokenGrid, options: AskOptions): Promise<void> {
      const first = calls[0];
      if (!first) return;
      const weigher = await weigherFor(first, options.signal);
      await asProblem(weigher.weigh(calls, completion, grid, options));
    },
    async open(calls: readonly Call[], options: AskOptions): Promise<void> {
      const first = calls[0];
      if (!first) return;
      const shape = shapeOf(first);
      const form = shape === 'chat' || shape === 'completion' ? (await probed(modelOf(first), options.signal)).opening[shape] : null;
      if (!form) {
        throw new ProblemError(
          'scorer_unavailable',
          `${name} was not seen to give top log-probabilities of the first token for this kind of call: use a text scorer`,
        );
      }
      await askAgain(calls, forOpenings(form), asking, options);
    },
    async close() {
      limiter.close();
      await client.close();
    },
  };
}
