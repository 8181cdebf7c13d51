import { together } from '../batches.ts';
import type { Request } from '../http/client.ts';
import { Fault } from '../http/fault.ts';
import { failed, problemOf } from '../problems.ts';
import type { ProposeOptions } from '../../service/ports.ts';
import { type Channel, type Errand, NOT_ADMITTED } from '../traffic/channel.ts';

/**
 * Ways to ask one server, the best first; one that is refused is followed by the next. What is taken is found with the
 * first reply and kept.
 */
export class Forms {
  readonly #channel: Channel;
  readonly #count: number;
  #form = 0;
  #known = false;

  constructor(channel: Channel, count: number) {
    this.#channel = channel;
    this.#count = count;
  }

  /** @throws Fault of the last form */
  async put<T>(request: (form: number) => Request, read: (reply: object, form: number) => T, admit: () => boolean, errand: Errand): Promise<T | typeof NOT_ADMITTED> {
    let admitted = false;
    const once = (): boolean => {
      admitted ||= admit();
      return admitted;
    };
    for (let form = this.#form; ; form += 1) {
      try {
        const reply = await this.#channel.postIf(once, () => request(form), (each) => read(each, form), errand);
        if (reply !== NOT_ADMITTED) [this.#form, this.#known] = [form, true];
        return reply;
      } catch (error) {
        // a route that a server has not got is refused like a field that it does not know
        const refused = error instanceof Fault && (error.refusesRequest || error.status === 404);
        if (!refused || this.#known || form + 1 >= this.#count) throw error;
      }
    }
  }

  /**
   * Sees every item through; a fault is the item's own, unless nothing can be asked at all.
   * @throws ProblemError endpoint_refused, or the signal's reason
   */
  async all<T>(items: readonly T[], options: ProposeOptions, one: (item: T, position: number, errand: Errand) => Promise<void>): Promise<void> {
    const see = async (item: T, position: number, signal: AbortSignal): Promise<void> => {
      const errand: Errand = { signal, patience: this.#channel.patience(), onUsage: (usage) => options.onUsage(usage, [position]) };
      try {
        await one(item, position, errand);
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        if (error.refusesAll) throw problemOf(error);
        options.onOutcome(position, failed(error));
      }
    };
    const rest = [...items.entries()];
    // alone, so that a server that does not know the first form refuses one request and not all
    while (!this.#known && rest.length > 0) {
      const [position, item] = rest.shift() as [number, T];
      await together(options.signal, (signal) => [see(item, position, signal)]);
    }
    await together(options.signal, (signal) => rest.map(([position, item]) => see(item, position, signal)));
  }
}
