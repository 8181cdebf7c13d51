import type { CallShape } from '../../core/callshape.ts';
import { RUNGS } from '../../core/rungs.ts';
import type { Rung, Supports } from '../../service/ports.ts';
import { Fault } from '../http/fault.ts';
import { probeOpening, type Showing } from '../openings/probe.ts';
import { ProblemError } from '../../errors.ts';
import { NOTHING_KNOWN, problemOf } from '../problems.ts';
import type { OpeningForm } from '../shapes/shape.ts';
import type { Errand } from '../traffic/channel.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { type Desk, firstOf, type Sample, type Way, type Weigher } from '../ways/way.ts';
import { probeAligned } from '../aligned/probe.ts';
import { distrust, noiseOf } from './gate.ts';
import { Notes } from './notes.ts';
import { type Survey, survey } from './survey.ts';
import { tokenRates } from './token-rates.ts';
import { responsesSample } from './responses-sample.ts';
import { chatSample, completionSample, echoSample, probeCall, takesLists, TOKENS, WITHOUT_LOGPROBS } from './sample.ts';

/** What a server was seen to do for a model, and who weighs there. */
export interface Probed {
  supports: Supports;
  /** By the shape of call, the highest rung first. */
  weighers: Record<CallShape, readonly Weigher[]>;
  /** How to ask for alternatives of the first token; null: not at all. */
  opening: Record<CallShape, OpeningForm | null>;
  /** False: a server in trouble answered, so the finding is not to be relied on for long. */
  certain: boolean;
  /** How all of this is made again elsewhere; null where it cannot be. */
  recipes: Recipes | null;
}

/** JSON: who weighs, by the shape of call, how openings are asked for, and whether answers are followed by them. */
export interface Recipes {
  aligned: Record<CallShape, boolean>;
  weighers: Record<CallShape, { way: string; recipe: unknown }[]>;
  opening: Probed['opening'];
}

/** The route is not there, or not for this key or model. */
const NO_ROUTE = /^http (401|403|404|405)\b/;

function routeless(sample: Sample | string): sample is string {
  return typeof sample === 'string' && NO_ROUTE.test(sample);
}

type Noises = Supports['noise'][CallShape];

interface Shape {
  /** Whether there is a route for it. */
  there: boolean;
  weighers: readonly Weigher[];
  /** What the sample's first token was weighed as; null where it was not. */
  first: number | null;
  noise: Noises;
  showing: Showing | null;
}

function rungOf({ there, weighers, showing }: Shape): Rung | null {
  if (!there) return null;
  const rungs = new Set<Rung>([...weighers.map(({ rung }) => rung), ...(showing ? (['first_token'] as const) : [])]);
  return RUNGS.find((rung) => rungs.has(rung)) ?? 'text';
}

/**
 * Whether another way is worth a try beside those that were found: weighing the end of a prompt is never dearer than
 * anything else, reading the whole prompt is dearer than forcing where the answer is short.
 */
function adds(rung: Rung, found: readonly Weigher[]): boolean {
  const rungs = found.map((weigher) => weigher.rung);
  return rungs.length === 0 || (rungs[0] === 'prompt_logprobs' && rung === 'forced_decoding' && !rungs.includes(rung));
}

/** Asks one model server what it can do: about a dozen small requests, fewer where it can do less. */
export class Probe {
  readonly #desk: Desk;
  readonly #errand: Errand;
  readonly #notes = new Notes();
  #certain = true;
  #lists: boolean | null = null;
  readonly #weighers: Recipes['weighers'] = { chat: [], completion: [], responses: [] };
  readonly #aligned: Recipes['aligned'] = { chat: false, completion: false, responses: false };
  #revivable = true;
  /** Routes that were knocked at, and whether they are there. */
  readonly #routes = new Map<string, boolean>();
  /** Sent so far, retries included. */
  httpRequests = 0;

  constructor(desk: Desk, signal: AbortSignal) {
    this.#desk = desk;
    this.#errand = { signal, patience: desk.channel.patience(), finding: true, onUsage: (usage) => (this.httpRequests += usage.httpRequests) };
  }

  /** What jobs need not know. @throws ProblemError endpoint_refused, or the signal's reason */
  survey(): Promise<Survey> {
    return survey(this.#desk, this.#errand);
  }

  /** @throws ProblemError endpoint_unreachable, endpoint_timeout, endpoint_refused, or the signal's reason */
  async run(dialect: Dialect): Promise<Probed> {
    const echoed = await this.#step(() => echoSample(this.#desk, this.#errand));
    const possible = (ways: readonly Way[]) => ways.filter((way) => typeof echoed !== 'string' || !way.needsEcho);
    const sample = typeof echoed === 'string' ? await this.#withoutEcho(echoed, possible(dialect.completion)) : echoed;
    const completion = await this.#shape('completion', sample, possible(dialect.completion));
    const said = await this.#step(() => chatSample(this.#desk, this.#errand));
    const chat = await this.#shape('chat', said, possible(dialect.chat));
    const responded = await this.#step(() => responsesSample(this.#desk, this.#errand), true);
    // the same question through another route: what is weighed of the one holds the other to account
    const alike = typeof said !== 'string' && typeof responded !== 'string' && said.firstToken === responded.firstToken;
    const responses = await this.#shape('responses', responded, [], alike ? chat.first : null);
    // of a model that is unknown, or under a wrong address, all routes say so
    if (routeless(said) && !completion.there && !responses.there) throw new ProblemError('endpoint_refused', `${said}${NOTHING_KNOWN}`);
    const lists = this.#lists ?? (await this.#takesLists(echoed));
    this.#notes.on('completion', `lists of prompts: ${lists ? 'yes' : 'no'}`);
    const measured = await this.#step(() => tokenRates(this.#desk, this.#errand), true);
    const tokens = typeof measured === 'string' ? null : measured;
    if (typeof measured === 'string') this.#notes.add(`tokenizer: not shown (${measured})`);
    else this.#notes.add(`tokenizer: ${measured.ascii.toFixed(2)} tokens for a character of ASCII, ${measured.other.toFixed(2)} for another`);
    const found = { chat, completion, responses };
    const each = <T>(of: (shape: Shape) => T): Record<CallShape, T> => ({ chat: of(found.chat), completion: of(found.completion), responses: of(found.responses) });
    const opening = each(({ showing }) => showing?.form ?? null);
    const seen = each(({ showing }) => showing?.seen ?? 0);
    const weighing = each(({ weighers }) => weighers.map(({ rung }) => rung));
    return {
      supports: { ...each(rungOf), weighing, noise: each(({ noise }) => noise), opening: seen, lists, tokens, notes: this.#notes.all, about: this.#notes.about },
      weighers: each(({ weighers }) => weighers),
      opening,
      certain: this.#certain,
      recipes: this.#revivable ? { weighers: this.#weighers, opening, aligned: this.#aligned } : null,
    };
  }

  async #shape(shape: CallShape, sample: Sample | string, ways: readonly Way[], weighed: number | null = null): Promise<Shape> {
    if (routeless(sample)) {
      this.#notes.on(shape, `no such route (${sample})`);
      return { there: false, weighers: [], first: null, noise: {}, showing: null };
    }
    const { weighers, first: own, noise } = await this.#weighersOf(shape, sample, ways);
    const first = own ?? weighed;
    const showing = await this.#showing(shape, sample, first);
    if (showing && weighers.length === 0) weighers.push(...(await this.#follower(shape, showing)));
    if (showing) this.#notes.on(shape, `${showing.seen} alternatives of the first token${showing.afterTemperature ? ', after temperature: asked at 1' : ''}`);
    else if (weighers.length === 0) this.#notes.on(shape, 'text only');
    return { there: true, weighers, first, noise, showing };
  }

  /** Who weighs by following new answers, where nobody weighs given ones. */
  async #follower(shape: CallShape, showing: Showing): Promise<Weigher[]> {
    const found = await this.#step(() => probeAligned(this.#desk, shape, showing, this.#errand));
    this.#notes.on(shape, typeof found === 'string' ? `answers are not followed (${found})` : found.rung.replaceAll('_', ' '));
    if (typeof found === 'string') return [];
    this.#aligned[shape] = true;
    return [found];
  }

  /** How the first token is shown; null where it is not, or cannot be trusted. */
  async #showing(shape: CallShape, sample: Sample | string, first: number | null): Promise<Showing | null> {
    // where tokens come without any log-probability there is nothing to be shown
    if (sample === WITHOUT_LOGPROBS) return null;
    const known = { sample: typeof sample === 'string' ? null : sample, weighed: first };
    const showing = await this.#step(() => probeOpening(this.#desk, shape, known, this.#errand));
    if (typeof showing !== 'string') return showing;
    this.#notes.on(shape, `no alternatives of the first token (${showing})`);
    return null;
  }

  async #takesLists(echoed: Sample | string): Promise<boolean> {
    // without the route there is nothing to put a list into
    if (typeof echoed === 'string' && echoed.startsWith('http 404')) return false;
    return (await this.#step(() => takesLists(this.#desk, this.#errand))) === true;
  }

  /** A sample for the ways that need no echo, where there are any; else why there is no echo. */
  async #withoutEcho(why: string, ways: readonly Way[]): Promise<Sample | string> {
    if (ways.length === 0 || why.startsWith('http 404')) return why;
    const sample = await this.#step(() => completionSample(this.#desk, this.#errand));
    if (typeof sample !== 'string') {
      this.#notes.on('completion', `no prompt log-probabilities (${why})`);
      return sample;
    }
    for (const way of ways) {
      if (!way.sample || !(await this.#exists(way.route))) continue;
      const own = await this.#step(async () => way.sample?.(this.#desk, probeCall('completion', this.#desk.model), TOKENS, this.#errand) ?? sample);
      if (typeof own !== 'string') return own;
    }
    return why;
  }

  /** Who weighs, and what the sample's first token weighed by the last way that got so far. */
  async #weighersOf(shape: CallShape, sample: Sample | string, ways: readonly Way[]): Promise<{ weighers: Weigher[]; first: number | null; noise: Noises }> {
    const weighers: Weigher[] = [];
    const noise: Noises = {};
    let first: number | null = null;
    if (typeof sample === 'string') {
      this.#notes.on(shape, `nothing is weighed (${sample})`);
      return { weighers, first, noise };
    }
    for (const way of ways) {
      if (!adds(way.rung, weighers) || !(await this.#exists(way.route))) continue;
      const trial = await this.#step(() => way.tryOn(this.#desk, sample, this.#errand));
      const doubt = typeof trial === 'string' ? trial : distrust(sample, trial);
      if (typeof trial !== 'string') {
        this.#lists ??= trial.lists;
        first = firstOf(trial.own, sample);
      }
      if (typeof trial !== 'string' && doubt === null) {
        this.#notes.on(shape, `${trial.weigher.rung.replaceAll('_', ' ')} (${way.title})`);
        this.#weighers[shape].push({ way: way.id, recipe: trial.recipe });
        this.#revivable &&= way.revive !== undefined && trial.recipe !== undefined;
        // forced tokens are generated: equal to the last bit they are one computation made twice, which tells nothing
        const measured = noiseOf(sample, trial);
        if (measured.sd > 0 || trial.weigher.rung !== 'forced_decoding') noise[trial.weigher.rung] = measured;
        weighers.push(trial.weigher);
      } else this.#notes.on(shape, `not by ${way.title} (${doubt})`);
    }
    return { weighers, first, noise };
  }

  /** Whether a route of a way's own is there, by an empty request: it is taken or refused, but found. Asked once. */
  async #exists(route: string | undefined): Promise<boolean> {
    if (route === undefined) return true;
    const known = this.#routes.get(route);
    if (known !== undefined) return known;
    const answer = await this.#step(() => this.#desk.channel.post({ path: route, root: true, body: {} }, () => true, this.#errand), true);
    const there = typeof answer !== 'string' || !NO_ROUTE.test(answer);
    this.#routes.set(route, there);
    return there;
  }

  /**
   * A refusal is an answer; a server that is away or busy, or a key that is refused, ends the probe.
   * @param known whether the server has answered with this key before: then it is about the route alone
   */
  async #step<T>(ask: () => Promise<T | string>, known = false): Promise<T | string> {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      const answered = error.unwilling || (error.status ?? 0) >= 500 || (known && error.refusesAll);
      if (!answered) throw problemOf(error);
      if ((error.status ?? 0) >= 500 && error.status !== 501) this.#certain = false;
      return error.reason;
    }
  }
}
