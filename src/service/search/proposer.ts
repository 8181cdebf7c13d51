import { createHash } from 'node:crypto';
import type { Infilling } from '../../core/types.ts';
import type { Budget } from '../budget.ts';
import type { Flights } from '../flights.ts';
import type { Blanks, ProposeOptions } from '../infilling.ts';
import type { Endpoint, OutcomeCache } from '../ports.ts';

export interface ProposerInput {
  owner: string;
  /** Whoever is asked for words. */
  infillEndpoint: Endpoint | null;
  asks: Infilling;
  model: string;
  /** Tokens of a proposal, about; left out: of a few words. */
  proposalTokens?: number;
  cache: OutcomeCache;
  budget: Budget;
  flights: Flights;
  signal: AbortSignal;
  onUsed: (keys: readonly string[]) => void;
}

export interface Request {
  blanks: Blanks;
  accept: (blank: number, proposal: string) => boolean;
}

/** A change of the wording needs a new number: proposals are cached under it. */
const WORDING = 1;
/** Tokens of a proposal with its quotes, about. */
const PROPOSAL_TOKENS = 8;

type Proposals = readonly (readonly string[])[];

/** The only way from blanks to proposals: cache → ask within the budget → store. What was proposed once is proposed again. */
export class Proposer {
  readonly #input: ProposerInput;
  readonly reasons = new Map<string, number>();
  readonly #lane;
  #refused = false;

  constructor(input: ProposerInput) {
    this.#input = input;
    this.#lane = input.budget.lane(input.infillEndpoint?.info.price ?? null, input.asks.proposals * input.asks.together * (input.proposalTokens ?? PROPOSAL_TOKENS));
  }

  /** Whether it is the budget or a stop that keeps it from asking. */
  get stopped(): boolean {
    return this.#refused || this.#input.signal.aborted;
  }

  /** Proposals for every blank of each request; null where there are none. @throws ProblemError when nothing can be asked at all */
  async ask(requests: readonly Request[]): Promise<(Proposals | null)[]> {
    const { flights, signal } = this.#input;
    const keys = requests.map(({ blanks }) => this.#key(blanks));
    const found = new Map<string, Proposals>();
    const byKey = new Map(keys.map((key, position) => [key, requests[position] as Request]));
    const recall = (wanted: readonly string[]) => this.#recall(wanted, found);
    const missing = await recall([...byKey.keys()]);
    const ask = async (own: readonly string[]) => this.#ask(await recall(own), byKey, found);
    await flights.share(missing, signal, ask, recall);
    return keys.map((key) => found.get(key) ?? null);
  }

  #key({ text, spans, variant }: Blanks): string {
    const { owner, infillEndpoint, asks, model } = this.#input;
    const { kind, proposals, temperature, instructions } = asks;
    const parts = [WORDING, owner, 'infill', infillEndpoint?.identity ?? '', model, kind, proposals, temperature, instructions, text, spans.map(({ start, end }) => [start, end]), variant];
    return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
  }

  /** Takes what the cache knows; gives the keys that it does not. */
  async #recall(keys: readonly string[], found: Map<string, Proposals>): Promise<string[]> {
    if (keys.length === 0) return [];
    const known = await this.#input.cache.get(keys);
    keys.forEach((key, position) => {
      const outcome = known[position];
      if (outcome?.kind === 'generated') found.set(key, JSON.parse(outcome.completion.text) as Proposals);
    });
    this.#input.onUsed(keys.filter((key) => found.has(key)));
    return keys.filter((key) => !found.has(key));
  }

  async #ask(keys: readonly string[], byKey: ReadonlyMap<string, Request>, found: Map<string, Proposals>): Promise<void> {
    const { infillEndpoint, cache, budget, signal, asks, model, onUsed } = this.#input;
    if (keys.length === 0 || signal.aborted || !infillEndpoint) return;
    const requests = keys.map((key) => byKey.get(key) as Request);
    const sizes = requests.map(({ blanks }) => blanks.text.length);
    const admitted = sizes.map(() => 0);
    const writes: Promise<void>[] = [];
    const options: ProposeOptions = {
      signal,
      accept: (position, blank, proposal) => requests[position]?.accept(blank, proposal) ?? false,
      admit: (positions) => {
        if (signal.aborted || !budget.admit(positions.map((position) => sizes[position] ?? 0), this.#lane)) {
          this.#refused = true;
          return false;
        }
        for (const position of positions) admitted[position] = (admitted[position] ?? 0) + 1;
        return true;
      },
      onOutcome: (position, outcome) => {
        for (let times = admitted[position] ?? 0; times > 0; times -= 1) budget.settle(sizes[position] ?? 0, this.#lane);
        admitted[position] = 0;
        if (outcome.kind === 'failed') {
          this.reasons.set(outcome.reason, (this.reasons.get(outcome.reason) ?? 0) + 1);
          return;
        }
        const key = keys[position] as string;
        found.set(key, outcome.proposals);
        // the cache keeps answers; these are of whoever proposes words
        writes.push(cache.set(key, { kind: 'generated', completion: { text: JSON.stringify(outcome.proposals), toolCalls: [], finishReason: null } }));
      },
      onUsage: (usage, positions) => budget.add(usage, positions.map((position) => sizes[position] ?? 0), this.#lane),
    };
    try {
      await infillEndpoint.propose(requests.map(({ blanks }) => blanks), { ...asks, model }, options);
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      await Promise.all(writes);
    }
    onUsed(keys.filter((key) => found.has(key)));
  }
}
