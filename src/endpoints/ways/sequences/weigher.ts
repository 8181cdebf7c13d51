import type { Call, Completion, Outcome, TokenGrid } from '../../../core/types.ts';
import { ProblemError } from '../../../errors.ts';
import type { AskOptions, Cut, Rung, Usage } from '../../../service/ports.ts';
import { inBatches, type Piece, sendBatch, together } from '../../batches.ts';
import type { Errand } from '../../traffic/channel.ts';
import type { Tokens } from '../answer-tokens.ts';
import { compareIds } from '../id-lists.ts';
import { IdSources } from '../id-sources.ts';
import { weighed } from '../lay.ts';
import { hasMedia } from '../tokenize.ts';
import { type Desk, type Weigher, weighingErrand } from '../way.ts';
import { inRuns } from './runs.ts';
import type { IdSource, Sequence, SequenceForm, Told } from './sequence.ts';

const NOTHING = 'malformed: the reply has no log-probabilities of the answer';

export interface SequenceWeigherParts {
  rung: Rung;
  source: IdSource;
  form: SequenceForm;
  /** Whether the server takes several sequences in one request. */
  lists: boolean;
  /** Whether beginnings that the server read before are not read again: then neighbours follow one another. */
  remembers: boolean;
}

/** Weighs prompts and answers as token ids. */
export class SequenceWeigher implements Weigher {
  readonly rung: Rung;
  readonly #desk: Desk;
  readonly #parts: SequenceWeigherParts;
  readonly #ids: IdSources;

  constructor(desk: Desk, parts: SequenceWeigherParts) {
    this.#desk = desk;
    this.#parts = parts;
    this.rung = parts.rung;
    const { source } = parts;
    this.#ids = new IdSources((text, errand) => source.answer(desk, text, errand), (call, errand) => source.prompt(desk, call, errand));
  }

  /** Weighs the call on the way where the server remembers it: what comes after it then finds it read. */
  async grid(call: Call, completion: Completion, signal: AbortSignal, onUsage?: (usage: Usage) => void): Promise<Cut> {
    if (hasMedia(call)) {
      throw new ProblemError('scorer_unavailable', 'this endpoint weighs by token ids, which cannot carry images or sound: use a text scorer');
    }
    const { channel } = this.#desk;
    const errand = { signal, patience: channel.patience(), ...(onUsage ? { onUsage } : {}) };
    const answer = await this.#ids.answer(completion.text, errand);
    await this.#parts.source.check?.(this.#desk, call, errand);
    if (!this.#parts.remembers) return { ends: answer.ends, logprobs: null };
    const prompt = await this.#parts.source.prompt(this.#desk, call, errand);
    const sequence: Sequence = { prompt, answer: answer.ids, about: [call, completion.text] };
    const told = await this.#tell(sequence, this.#parts.form, weighingErrand(channel, signal, onUsage));
    if (told === null || typeof told === 'string') {
      throw new ProblemError('scorer_unavailable', `the endpoint does not weigh this answer (${told ?? 'the reply says nothing of it'}): use a text scorer`);
    }
    return { ends: answer.ends, logprobs: Float64Array.from(told) };
  }

  async #tell(sequence: Sequence, form: SequenceForm, errand: Errand): Promise<Told> {
    const read = (reply: object) => form.read(reply, [sequence])[0] ?? null;
    const told = await this.#desk.channel.post(form.request(this.#desk, [sequence], false), read, errand);
    return told === null && form.otherwise ? this.#tell(sequence, form.otherwise, errand) : told;
  }

  async weigh(calls: readonly Call[], completion: Completion, grid: TokenGrid, options: AskOptions): Promise<void> {
    const { channel } = this.#desk;
    const answer = await this.#ids.answer(completion.text, { signal: options.signal, patience: channel.patience() });
    const pieces: Piece<Sequence>[] = [];
    const early = calls.some((call) => this.#parts.source.evaluates?.(call));
    await together(options.signal, (signal) =>
      calls.map(async (call, position) => {
        if (early && !options.admit([position])) return;
        const patience = channel.patience();
        const prompt = await this.#ids.prompt(call, position, options, { signal, patience });
        if (prompt) pieces.push({ position, patience, input: { prompt, answer: answer.ids, about: [call, completion.text] } });
      }),
    );
    // neighbours share beginnings, which servers remember
    pieces.sort((a, b) => compareIds(a.input.prompt, b.input.prompt));
    await this.#send(pieces, this.#parts.form, answer, grid, early ? { ...options, admit: () => true } : options);
  }

  async #send(pieces: readonly Piece<Sequence>[], form: SequenceForm, answer: Tokens, grid: TokenGrid, options: AskOptions): Promise<void> {
    const { channel, maxBatch, concurrency } = this.#desk;
    const { lists, remembers } = this.#parts;
    const untold = new Set<number>();
    const outcomeOf = (told: Told): Outcome =>
      typeof told === 'string' ? { kind: 'failed', reason: `malformed: ${told}` } : weighed({ ends: [...answer.ends], logprobs: told ?? [] }, grid);
    const read = (reply: object, sequences: readonly Sequence[]) =>
      form.read(reply, sequences).map((told): Outcome => (told === null ? { kind: 'failed', reason: NOTHING } : outcomeOf(told)));
    const onOutcome: AskOptions['onOutcome'] = (position, outcome) => {
      if (form.otherwise && outcome.kind === 'failed' && outcome.reason === NOTHING) untold.add(position);
      else options.onOutcome(position, outcome);
    };
    const ask = { channel, options: { ...options, onOutcome }, read, request: (sequences: readonly Sequence[]) => form.request(this.#desk, sequences, lists) };
    const batches = inBatches(pieces, lists ? maxBatch : 1, concurrency);
    await together(options.signal, (signal) =>
      inRuns(batches, remembers ? concurrency : batches.length).map(async (run) => {
        for (const batch of run) await sendBatch(batch, ask, signal);
      }),
    );
    if (!form.otherwise || untold.size === 0) return;
    // they were admitted with the first request
    await this.#send(pieces.filter(({ position }) => untold.has(position)), form.otherwise, answer, grid, { ...options, admit: () => true });
  }
}
