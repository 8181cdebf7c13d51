import type { CallShape } from '../core/callshape.ts';
import type { Rung } from '../core/rungs.ts';
import type { Call, Completion, Outcome, TokenGrid, TokenNoise } from '../core/types.ts';
import type { CallerEndpoint, Credentials } from '../contract/caller-endpoint.ts';
import type { Consultant } from './consultants.ts';
import type { Blanks, ProposeOptions, Wanted } from './infilling.ts';
import type { Flow, ProbeReport } from './shared-ports.ts';
import type { TokenRates } from './token-rates.ts';

export * from './storage.ts';
export type { Rung } from '../core/rungs.ts';
export type { Consultant, Inquiry, Said } from './consultants.ts';
export type { TokenRates } from './token-rates.ts';
export type { Vault } from './vault.ts';
export type { CallerEndpoint, Credentials } from '../contract/caller-endpoint.ts';
export type { Blanks, ProposeOptions, Wanted } from './infilling.ts';

/*
 * What the service needs of the outside, as interfaces. `endpoints/` and `store/` implement them; `bin/` joins them.
 */

// ---------------------------------------------------------------- endpoints

/** US dollars per million tokens. */
export interface Price {
  promptPerMillion: number;
  completionPerMillion: number;
  /** Of prompt tokens that came from a cache. Left out or null: as the others. Guesses and estimates go without. */
  cachedPerMillion?: number | null | undefined;
}

/** A configured endpoint, without its secret: what the API shows and the plan needs. */
export interface EndpointInfo {
  name: string;
  dialect: string;
  baseUrl: string;
  /** Empty: any model name is passed on. */
  models: readonly string[];
  concurrency: number;
  maxBatch: number;
  requestsPerMinute: number | null;
  tokensPerMinute: number | null;
  timeoutSeconds: number;
  price: Price | null;
  /** Who is consulted for jobs of this endpoint; null = nobody. */
  embedding: Consulted | null;
  /** Entailment: a classifier, else the judge. */
  nli: Consulted | null;
  /** Contradiction: the classifier where it has such a class, else the judge. */
  contradiction: Consulted | null;
  judge: Consulted | null;
}

/** A model that answers consultations, by the name of its endpoint. */
export interface Consulted {
  endpoint: string;
  model: string;
  price: Price | null;
}

/** A token grid, with the log-probabilities of the completion under the call where they came along. */
export interface Cut extends TokenGrid {
  logprobs: Float64Array | null;
}

/** What a server was seen to do for one model. Found by asking, never by name or version. */
export interface Supports extends Record<CallShape, Rung | null> {
  /** The highest rung per shape of call. `text` = it can only be asked to answer again; null = there is no route for it. */
  chat: Rung | null;
  completion: Rung | null;
  responses: Rung | null;
  /** Every rung on which a given answer was seen to be weighed truly, the highest first; the cheaper one depends on the job. */
  weighing: Record<CallShape, readonly Rung[]>;
  /** How exactly it is weighed on each of them, where that was measured. */
  noise: Record<CallShape, Partial<Record<Rung, TokenNoise>>>;
  /** How many alternatives of an answer's first token were seen per shape; 0 = none that can be trusted. */
  opening: Record<CallShape, number>;
  /** A list of prompts in one completions request. */
  lists: boolean;
  /** How many tokens a character takes by the server's own tokenizer; null where it shows none. */
  tokens: TokenRates | null;
  /** Free words on what was tried and seen, for people. */
  notes: readonly string[];
  /** Those of them that concern calls of one shape. */
  about: Record<CallShape, readonly string[]>;
}

export interface Usage {
  /** Evaluations asked of the endpoint (a list of ten prompts is ten). */
  calls: number;
  httpRequests: number;
  promptTokens: number;
  cachedTokens: number;
  completionTokens: number;
  costUsd: number;
}

/** Why an item has no outcome; free of prompts, completions and keys. */
export interface Failed {
  kind: 'failed';
  reason: string;
}

/** @typeParam R what an item ends in when it does not fail */
export interface AskOptions<R = Outcome> {
  signal: AbortSignal;
  /**
   * Asked before the items at these positions are sent; false = leave them (they get no outcome). Called once per
   * batch, right before its first request, so that a budget is never passed by more than what is in flight.
   */
  admit(positions: readonly number[]): boolean;
  /** Called once per item that ended, in any order, as soon as it ended. Failed items come as `{kind: 'failed'}`. */
  onOutcome(position: number, outcome: R | Failed): void;
  /**
   * After every HTTP request, retries included: what it added. `calls` is 0 here (the evaluator counts them);
   * `positions` are the items it was for.
   */
  onUsage(usage: Usage, positions: readonly number[]): void;
}

/** One configured model server. Never throws for a single item; throws ProblemError when nothing can be asked at all (wrong key, aborted). */
export interface Endpoint {
  readonly info: EndpointInfo;
  /** Part of every cache key: two endpoints that could answer differently never share it. Holds no secret. */
  readonly identity: string;
  /** The same endpoint, its requests counted as this flow's. */
  as(flow: Flow): Endpoint;
  /** Asked once per model by one process for all, then remembered. @throws ProblemError endpoint_unreachable, endpoint_refused */
  supports(model: string, signal: AbortSignal): Promise<Supports>;
  /** Finds out anew, whatever is known, for all processes. @throws ProblemError as `supports` */
  probe(model: string, signal: AbortSignal): Promise<ProbeReport>;
  /** Asks each call again and gives its answer. */
  generate(calls: readonly Call[], options: AskOptions): Promise<void>;
  /**
   * The token grid of `completion` as an answer to `call`: how the endpoint's tokenizer cuts it. Needed before `weigh`.
   * Where finding out took a weighing of the call itself, `usage.calls` counts it and its outcome comes along.
   * @param rung one of `weighing`; left out: the highest
   * @throws ProblemError
   */
  grid(call: Call, completion: Completion, signal: AbortSignal, onUsage?: (usage: Usage) => void, rung?: Rung): Promise<Cut>;
  /**
   * Log-probability of every token of the grid under every call. An evaluation whose tokens the server cut otherwise
   * is laid onto the grid by common boundaries (sums over whole common stretches stay exact) or fails.
   * @param rung as for `grid`
   */
  weigh(calls: readonly Call[], completion: Completion, grid: TokenGrid, options: AskOptions, rung?: Rung): Promise<void>;
  /**
   * What an answer to each call may begin with: the alternatives of its first token with their raw log-probabilities.
   * @throws ProblemError scorer_unavailable when the server was not seen to give them for calls of this shape
   */
  open(calls: readonly Call[], options: AskOptions): Promise<void>;
  /**
   * Asks for other words in the place of some: a chat model for a list, or a model that fills gaps. Replies that cannot
   * be read, or hold nothing that may be used, are asked for once more, for which `admit` is called again.
   */
  propose(blanks: readonly Blanks[], wanted: Wanted, options: ProposeOptions): Promise<void>;
}

/** What is to be known of endpoints that callers bring along. */
export interface CallerDirectory {
  /** Whether they may bring any. */
  readonly allowed: boolean;
  /** Such an endpoint as a plan needs it. @throws ProblemError validation_failed when there is no such dialect */
  describe(given: CallerEndpoint): EndpointInfo;
  /** Refuses what the operator has not opened. @throws ProblemError endpoint_forbidden, address_forbidden */
  admit(given: CallerEndpoint): void;
}

/** What the API role needs to know of endpoints: no way to ask them. */
export interface EndpointDirectory {
  readonly defaultName: string;
  list(): readonly EndpointInfo[];
  /** Left out: callers bring none. */
  readonly callers?: CallerDirectory;
}

export interface Endpoints extends EndpointDirectory {
  readonly callers?: CallerDirectory & {
    /**
     * Such an endpoint, which is then all that there is. Jobs of one owner, address and key share its connections and
     * limits for as long as one of them has it open. @throws as `admit` and `describe`
     */
    open(given: CallerEndpoint, credentials: Credentials): Endpoints & { close(): Promise<void> };
  };
  get(name: string): Endpoint | undefined;
  /** Who is consulted for the jobs of this endpoint. */
  consultant(name: string): Consultant | undefined;
}
