import type { Call } from '../../core/types.ts';
import type { AskOptions } from '../../service/ports.ts';
import { Fault } from '../http/fault.ts';
import { failed, problemOf } from '../problems.ts';
import type { Errand } from '../traffic/channel.ts';
import type { Tokens } from './answer-tokens.ts';

/** Answers whose tokens are remembered: a job asks for the same one in every round. */
const REMEMBERED = 16;

/** What weighing by token ids has in common: answers are cut once, and a prompt that cannot be had fails alone. */
export class IdSources {
  readonly #cut: (text: string, errand: Errand) => Promise<Tokens>;
  readonly #prompt: (call: Call, errand: Errand) => Promise<readonly number[]>;
  readonly #answers = new Map<string, Tokens>();

  constructor(cut: (text: string, errand: Errand) => Promise<Tokens>, prompt: (call: Call, errand: Errand) => Promise<readonly number[]>) {
    this.#cut = cut;
    this.#prompt = prompt;
  }

  /** Of an answer by itself. @throws ProblemError, Fault */
  async answer(text: string, errand: Errand): Promise<Tokens> {
    const known = this.#answers.get(text);
    if (known) return known;
    const tokens = await this.#cut(text, errand);
    this.#answers.set(text, tokens);
    for (const oldest of this.#answers.keys()) if (this.#answers.size > REMEMBERED) this.#answers.delete(oldest);
    return tokens;
  }

  /** Of a call's prompt; null where it has failed, which was told. @throws ProblemError when nothing else can be asked either */
  async prompt(call: Call, position: number, options: AskOptions, errand: Errand): Promise<readonly number[] | null> {
    try {
      return await this.#prompt(call, { ...errand, onUsage: (usage) => options.onUsage(usage, [position]) });
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      if (error.endsAll) throw problemOf(error);
      options.onOutcome(position, failed(error));
      return null;
    }
  }
}
