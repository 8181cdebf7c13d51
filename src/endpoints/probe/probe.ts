import type { Supports } from '../../service/ports.ts';
import { Fault } from '../http/fault.ts';
import { problemOf } from '../problems.ts';
import type { Errand } from '../traffic/channel.ts';
import type { Dialect } from '../dialects/dialect.ts';
import type { Desk, Sample, Way, Weigher } from '../ways/way.ts';
import { distrust } from './gate.ts';
import { chatSample, echoSample, takesLists } from './sample.ts';

/** What a server was seen to do for a model, and who weighs there. */
export interface Probed {
  supports: Supports;
  chat: Weigher | null;
  completion: Weigher | null;
  /** False: a server in trouble answered, so the finding is not to be relied on for long. */
  certain: boolean;
}

/** Asks one model server what it can do: about eight small requests, fewer where it can do less. */
export class Probe {
  readonly #desk: Desk;
  readonly #errand: Errand;
  readonly #notes: string[] = [];
  #certain = true;
  #lists: boolean | null = null;

  constructor(desk: Desk, signal: AbortSignal) {
    this.#desk = desk;
    this.#errand = { signal, patience: desk.channel.patience() };
  }

  /** @throws ProblemError endpoint_unreachable, endpoint_timeout, endpoint_refused, or the signal's reason */
  async run(dialect: Dialect): Promise<Probed> {
    const echoed = await this.#step(() => echoSample(this.#desk, this.#errand));
    const completion = await this.#weigher('completions', echoed, dialect.completion);
    const said = await this.#step(() => chatSample(this.#desk, this.#errand));
    const echoes = typeof echoed !== 'string';
    const chat = await this.#weigher(
      'chat',
      said,
      dialect.chat.filter((way) => echoes || !way.needsEcho),
    );
    const lists = this.#lists ?? (await this.#takesLists(echoed));
    this.#notes.push(`lists of prompts: ${lists ? 'yes' : 'no'}`);
    const rung = (weigher: Weigher | null) => (weigher ? 'prompt_logprobs' : 'text');
    return {
      supports: { chat: rung(chat), completion: rung(completion), lists, notes: this.#notes },
      chat,
      completion,
      certain: this.#certain,
    };
  }

  async #takesLists(echoed: Sample | string): Promise<boolean> {
    // without the route there is nothing to put a list into
    if (typeof echoed === 'string' && echoed.startsWith('http 404')) return false;
    return (await this.#step(() => takesLists(this.#desk, this.#errand))) === true;
  }

  async #weigher(name: string, sample: Sample | string, ways: readonly Way[]): Promise<Weigher | null> {
    if (typeof sample === 'string') {
      this.#notes.push(`${name}: text only (${sample})`);
      return null;
    }
    for (const way of ways) {
      const trial = await this.#step(() => way.tryOn(this.#desk, sample, this.#errand));
      const doubt = typeof trial === 'string' ? trial : distrust(sample, trial);
      if (typeof trial !== 'string') this.#lists ??= trial.lists;
      if (typeof trial !== 'string' && doubt === null) {
        this.#notes.push(`${name}: prompt log-probabilities (${way.title})`);
        return trial.weigher;
      }
      this.#notes.push(`${name}: not by ${way.title} (${doubt})`);
    }
    this.#notes.push(`${name}: text only`);
    return null;
  }

  /** A refusal is an answer; a server that is away or busy, or a key that is refused, ends the probe. */
  async #step<T>(ask: () => Promise<T | string>): Promise<T | string> {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      const answered = error.unwilling || (error.status ?? 0) >= 500;
      if (!answered) throw problemOf(error);
      if ((error.status ?? 0) >= 500 && error.status !== 501) this.#certain = false;
      return error.reason;
    }
  }
}
