import type { AskOptions, Said } from '../../service/ports.ts';
import { together } from '../batches.ts';
import { Fault } from '../http/fault.ts';
import { failed, problemOf } from '../problems.ts';
import { type Errand, NOT_ADMITTED } from '../traffic/channel.ts';
import type { Desk } from '../ways/way.ts';
import { soleJson, type Written, written } from './reply.ts';
import { type Judged, type Verdict, verdictFor } from './verdict.ts';

/** Room for a model that thinks before its one short object. */
const ROOM = 1_024;

/**
 * Ways to ask for a verdict, the strictest first; a server that refuses one is asked by the next. The last is for models
 * that take neither a temperature nor `max_tokens`.
 */
const FORMS: readonly ((verdict: Verdict) => Record<string, unknown>)[] = [
  (verdict) => ({ ...schemaOf(verdict), temperature: 0, max_tokens: ROOM }),
  () => ({ response_format: { type: 'json_object' }, temperature: 0, max_tokens: ROOM }),
  () => ({ temperature: 0, max_tokens: ROOM }),
  (verdict) => ({ ...schemaOf(verdict), max_completion_tokens: ROOM }),
];

function schemaOf({ schema }: Verdict): Record<string, unknown> {
  return { response_format: { type: 'json_schema', json_schema: { name: 'verdict', strict: true, schema } } };
}

/** An unreadable verdict is asked for once more, with the reason. */
const ASKS = 2;

/** One judge: what form of asking it takes is found with its first verdict and kept. */
export class Judge {
  readonly #desk: Desk;
  #form = 0;
  #known = false;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** Puts every inquiry to the judge. @throws ProblemError endpoint_refused, or the signal's reason */
  async ask(inquiries: readonly Judged[], options: AskOptions<Said>): Promise<void> {
    const rest = [...inquiries.entries()];
    // alone, so that a server that knows no schema refuses one request and not a hundred
    while (!this.#known && rest.length > 0) {
      const [position, inquiry] = rest.shift() as [number, Judged];
      await together(options.signal, (signal) => [this.#one(position, inquiry, options, signal)]);
    }
    await together(options.signal, (signal) => rest.map(([position, inquiry]) => this.#one(position, inquiry, options, signal)));
  }

  async #one(position: number, inquiry: Judged, options: AskOptions<Said>, signal: AbortSignal): Promise<void> {
    const verdict = verdictFor(inquiry);
    const errand: Errand = { signal, patience: this.#desk.channel.patience(), onUsage: (usage) => options.onUsage(usage, [position]) };
    let reason = '';
    try {
      for (let asked = 0; asked < ASKS; asked += 1) {
        const reply = await this.#put(verdict, reason, () => options.admit([position]), errand);
        if (reply === NOT_ADMITTED) {
          if (asked === 0) return;
          break;
        }
        const value = 'text' in reply ? verdict.read(soleJson(reply.text)) : null;
        if (value !== null) return options.onOutcome(position, { kind: 'said', numbers: Float64Array.of(value) });
        reason = 'text' in reply ? 'it was not the JSON object that was asked for' : reply.unreadable;
      }
      options.onOutcome(position, { kind: 'failed', reason: `unreadable verdict: ${reason}` });
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      if (error.refusesAll) throw problemOf(error);
      options.onOutcome(position, failed(error));
    }
  }

  /** Asks by the form that is known to be taken, and by the next ones where it is refused. @throws Fault of the last */
  async #put(verdict: Verdict, reason: string, admit: () => boolean, errand: Errand): Promise<Written | typeof NOT_ADMITTED> {
    let admitted = false;
    const once = (): boolean => {
      admitted ||= admit();
      return admitted;
    };
    for (let form = this.#form; ; form += 1) {
      try {
        const reply = await this.#desk.channel.postIf(once, () => this.#request(verdict, reason, form), written, errand);
        if (reply !== NOT_ADMITTED) [this.#form, this.#known] = [form, true];
        return reply;
      } catch (error) {
        if (!(error instanceof Fault) || !error.refusesRequest || this.#known || form + 1 >= FORMS.length) throw error;
      }
    }
  }

  #request(verdict: Verdict, reason: string, form: number) {
    const again = reason === '' ? '' : `\n\nYour reply could not be used: ${reason}. Reply with that object and nothing else.`;
    const messages = [
      { role: 'system', content: verdict.system },
      { role: 'user', content: verdict.user + again },
    ];
    return { path: '/chat/completions', body: { model: this.#desk.model, messages, ...FORMS[form]?.(verdict) } };
  }
}
