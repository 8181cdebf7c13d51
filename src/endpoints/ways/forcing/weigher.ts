import type { Call, Completion, Outcome, TokenGrid } from '../../../core/types.ts';
import { ProblemError } from '../../../errors.ts';
import type { AskOptions, Cut, Usage } from '../../../service/ports.ts';
import { type Piece, sendBatch, together } from '../../batches.ts';
import type { Errand } from '../../traffic/channel.ts';
import type { Tokens } from '../answer-tokens.ts';
import { compareIds } from '../id-lists.ts';
import { IdSources } from '../id-sources.ts';
import { weighed } from '../lay.ts';
import { hasMedia } from '../tokenize.ts';
import { type Desk, type Weigher, weighingErrand } from '../way.ts';
import { inLanes } from './lanes.ts';
import { type Item, itemsOf } from './replies.ts';
import { forcedLogprobs, forcing } from './request.ts';
import type { Slots } from './slots.ts';
import { answerTokens, hasIds, promptIds, repeats, SPLIT } from './tokens.ts';

/** Prompts in one request at most: each takes as many steps as the answer has tokens, and a request has a deadline. */
const LONGEST_LIST = 8;

interface Asked {
  prompt: readonly number[];
  about: Call;
}

function outcomeOf(item: Item, answer: Tokens, grid: TokenGrid): Outcome {
  const logprobs = forcedLogprobs(item, answer.ids);
  // the server would do the same again
  if (typeof logprobs === 'string') return { kind: 'failed', reason: `malformed: ${logprobs}` };
  return weighed({ ends: [...answer.ends], logprobs }, grid);
}

function unweighed(why: string): ProblemError {
  return new ProblemError('scorer_unavailable', `the endpoint does not weigh this answer (${why}): use a text scorer`);
}

/** @throws ProblemError scorer_unavailable, Fault */
async function cut(desk: Desk, text: string, errand: Errand): Promise<Tokens> {
  const tokens = await answerTokens(desk, text, errand);
  if (!tokens) throw unweighed(SPLIT);
  return tokens;
}

/** Weighs by having the server generate what is given. */
export class ForcingWeigher implements Weigher {
  readonly rung = 'forced_decoding';
  readonly #desk: Desk;
  readonly #slots: Slots;
  readonly #lists: boolean;
  readonly #ids: IdSources;

  constructor(desk: Desk, slots: Slots, lists: boolean) {
    this.#desk = desk;
    this.#slots = slots;
    this.#lists = lists;
    this.#ids = new IdSources((text, errand) => cut(desk, text, errand), (call, errand) => promptIds(desk, call, errand));
  }

  /** Weighs the call on the way: what comes after it then finds it read. */
  async grid(call: Call, completion: Completion, signal: AbortSignal, onUsage?: (usage: Usage) => void): Promise<Cut> {
    if (hasMedia(call) || !hasIds(call)) {
      throw new ProblemError(
        'scorer_unavailable',
        'this endpoint weighs by token ids, which only texts have: use a text scorer',
      );
    }
    if (repeats(call, completion.text)) throw unweighed('it repeats the message that it goes on with');
    const { channel } = this.#desk;
    const counted = weighingErrand(channel, signal, onUsage);
    const errand = { ...counted, onUsage: (usage: Usage) => onUsage?.(usage) };
    const answer = await this.#ids.answer(completion.text, errand);
    const prompt = await promptIds(this.#desk, call, errand);
    const request = forcing(this.#desk, [prompt], answer.ids, this.#slots.kept ? 0 : null, [call, completion.text]);
    const [item] = await channel.post(request, (reply) => itemsOf(reply, 1), counted);
    const logprobs = item ? forcedLogprobs(item, answer.ids) : 'nothing was generated';
    if (typeof logprobs !== 'string') return { ends: answer.ends, logprobs: Float64Array.from(logprobs) };
    throw unweighed(logprobs);
  }

  async weigh(calls: readonly Call[], completion: Completion, grid: TokenGrid, options: AskOptions): Promise<void> {
    const { channel, maxBatch, concurrency } = this.#desk;
    const answer = await this.#ids.answer(completion.text, { signal: options.signal, patience: channel.patience() });
    const pieces: Piece<Asked>[] = [];
    await together(options.signal, (signal) =>
      calls.map(async (call, position) => {
        const patience = channel.patience();
        if (!hasIds(call)) return options.onOutcome(position, { kind: 'failed', reason: 'unsupported: only a prompt that is one text can be weighed' });
        const prompt = await this.#ids.prompt(call, position, options, { signal, patience });
        if (prompt) pieces.push({ position, patience, input: { prompt, about: call } });
      }),
    );
    pieces.sort((a, b) => compareIds(a.input.prompt, b.input.prompt));
    const lanes = inLanes(pieces, this.#slots, concurrency, this.#lists ? Math.min(maxBatch, LONGEST_LIST) : 1);
    const read = (reply: object, asked: readonly Asked[]) =>
      itemsOf(reply, asked.length).map((item) => outcomeOf(item, answer, grid));
    await together(options.signal, (signal) =>
      lanes.map(async ({ slot, batches }) => {
        const request = (asked: readonly Asked[]) => {
          const prompts = asked.map(({ prompt }) => prompt);
          return forcing(this.#desk, prompts, answer.ids, slot, [asked.map(({ about }) => about), completion.text]);
        };
        for (const batch of batches) await sendBatch(batch, { channel, options, read, request }, signal);
      }),
    );
  }
}
