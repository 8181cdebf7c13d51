import { shapeOf } from '../core/callshape.ts';
import type { Call, Completion, TokenGrid } from '../core/types.ts';
import { ProblemError } from '../errors.ts';
import type { Watch } from '../service/meter.ts';
import type { AskOptions, Cut, Endpoint, EndpointInfo, Rung, Usage } from '../service/ports.ts';
import type { Claims, Findings, SharedLimits } from '../service/shared-ports.ts';
import type { Dialect } from './dialects/dialect.ts';
import { askAgain, forAnswers } from './again.ts';
import { forOpenings } from './openings/form.ts';
import { createClient } from './http/client.ts';
import { Fault } from './http/fault.ts';
import { overheard } from './http/overheard.ts';
import { chatProposer } from './infill/chat.ts';
import { proposeByMiddle } from './infill/middle.ts';
import { alternativesFor, paraphrasesFor } from './infill/wording.ts';
import { Known } from './probe/known.ts';
import type { Probed } from './probe/probe.ts';
import { problemOf } from './problems.ts';
import { DEFAULT_MAX_WAIT_SECONDS, type EndpointSettings, identityOf } from './settings.ts';
import { Channel, type Log } from './traffic/channel.ts';
import { type Clock, systemClock } from './traffic/clock.ts';
import { inFlow } from './traffic/flow.ts';
import { SharedGate } from './traffic/gate.ts';
import { Limiter } from './traffic/limiter.ts';
import type { Desk, Weigher } from './ways/way.ts';

export interface EndpointDeps {
  log?: Log;
  /** Hears all that is asked and answered, keys excepted. Left out: nobody does. */
  content?: Log;
  /** Time and chance; the system's own when left out. */
  clock?: Clock;
  /** What processes share; left out, this one goes by what it knows itself. */
  findings?: Findings;
  claims?: Claims;
  limits?: SharedLimits;
  /** Sees every request. */
  watch?: Watch;
}

export type ClosableEndpoint = Endpoint & {
  /** The way to one of its models, for whoever asks it something else than an endpoint is asked. */
  desk(model: string): Desk;
  close(): Promise<void>;
};

const PROPOSERS = { chat: chatProposer(alternativesFor), paraphrase: chatProposer(paraphrasesFor), middle: proposeByMiddle } as const;

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
  { log, content, clock = systemClock, findings, claims, limits, watch }: EndpointDeps,
): ClosableEndpoint {
  const { name, concurrency, maxBatch, scope = name } = settings;
  const silent = createClient(settings, () => clock.now());
  const client = content ? overheard(silent, name, settings.apiKey, content) : silent;
  const gate = limits && new SharedGate(limits, scope, settings, clock);
  const limiter = new Limiter(settings, clock, gate);
  const maxWaitMs = (settings.maxWaitSeconds ?? DEFAULT_MAX_WAIT_SECONDS) * 1_000;
  const channel = new Channel({ name, client, limiter, clock, price: settings.price, maxWaitMs, log, watch });
  const identity = identityOf(settings);
  const desk = (model: string): Desk => ({ channel, model, maxBatch, concurrency });
  const known = new Known({
    name,
    scope,
    identity,
    dialect,
    desk,
    clock,
    findings,
    claims,
    onFound: ({ model, supports }) => log?.info({ endpoint: name, model, ...supports }, 'asked what the endpoint can do'),
  });
  const probed = (model: string, signal: AbortSignal): Promise<Probed> => known.get(model, signal);

  const modelOf = (call: Call): string => {
    const model = call['model'] ?? settings.models[0];
    if (typeof model !== 'string') {
      throw new ProblemError('unknown_model', `the call names no model, and ${name} has none configured`);
    }
    return model;
  };

  const weigherFor = async (call: Call, rung: Rung | undefined, signal: AbortSignal): Promise<Weigher> => {
    const shape = shapeOf(call);
    const all = shape ? (await probed(modelOf(call), signal)).weighers[shape] : [];
    // where the one that was chosen is gone by now, another weighs the same
    const found = all.find((weigher) => weigher.rung === rung) ?? all[0];
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

  const endpoint: ClosableEndpoint = {
    info,
    identity,
    desk,
    as: (flow) => inFlow(endpoint, flow),
    probe: (model, signal) => known.renew(model, signal),
    supports: async (model, signal) => (await probed(model, signal)).supports,
    generate: (calls, options) => askAgain(calls, forAnswers, asking, options),
    async grid(call: Call, completion: Completion, signal: AbortSignal, onUsage?: (usage: Usage) => void, rung?: Rung): Promise<Cut> {
      const weigher = await weigherFor(call, rung, signal);
      return asProblem(weigher.grid(call, completion, signal, onUsage));
    },
    async weigh(calls: readonly Call[], completion: Completion, grid: TokenGrid, options: AskOptions, rung?: Rung): Promise<void> {
      const first = calls[0];
      if (!first) return;
      const weigher = await weigherFor(first, rung, options.signal);
      await asProblem(weigher.weigh(calls, completion, grid, options));
    },
    async open(calls: readonly Call[], options: AskOptions): Promise<void> {
      const first = calls[0];
      if (!first) return;
      const shape = shapeOf(first);
      const form = shape && (await probed(modelOf(first), options.signal)).opening[shape];
      if (!form) {
        throw new ProblemError(
          'scorer_unavailable',
          `${name} was not seen to give top log-probabilities of the first token for this kind of call: use a text scorer`,
        );
      }
      await askAgain(calls, forOpenings(form), asking, options);
    },
    propose: (blanks, wanted, options) => PROPOSERS[wanted.kind](blanks, wanted, desk(wanted.model), options),
    async close() {
      limiter.close();
      await client.close();
    },
  };
  return endpoint;
}
