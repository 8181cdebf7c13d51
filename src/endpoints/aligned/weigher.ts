import type { Call, Completion, Outcome, TokenGrid } from '../../core/types.ts';
import { ProblemError } from '../../errors.ts';
import type { AskOptions, Cut, Usage } from '../../service/ports.ts';
import { askAgain, type Form, requestOf } from '../again.ts';
import { malformed } from '../http/read.ts';
import { shapeFor } from '../shapes/index.ts';
import type { OpeningForm, Shape, Spoken } from '../shapes/shape.ts';
import { asLogprobs } from '../ways/echo.ts';
import { utf8 } from '../ways/token-bytes.ts';
import { type Desk, type Weigher, weighingErrand } from '../ways/way.ts';
import { endsAlong, piecesOf, walk } from './walk.ts';

/**
 * What stands for a token behind the one in which answers part, in nats: it was not seen, and given the tokens before it
 * is usually no surprise. Of −10, −6, −3, −1 and 0 the one whose sums were nearest to exact ones on the embedded model
 * (0.8 nats on average, 565 calls); the order of the sums is the same for all of them (Spearman 0.97).
 */
const FLOOR = -3;

/** Tokens of an answer at most: a longer one is seldom given again to its end. */
const LONGEST = 512;

/** Greedily, with the alternatives of every token. */
export function greedyBody(call: Call, shape: Shape, form: OpeningForm, tokens: number): Call {
  return { ...shape.opening.body(call, { ...form, tokens: Math.max(form.tokens, tokens) }), temperature: 0 };
}

/** Log-probabilities checked and brought into [−9999, 0]. @throws Fault malformed */
export function checked(spoken: readonly Spoken[]): Spoken[] {
  const values = asLogprobs(spoken.map(({ logprob }) => logprob));
  return spoken.map((token, index) => {
    const tops = asLogprobs(token.top.map(({ logprob }) => logprob));
    return { ...token, logprob: values[index] ?? 0, top: token.top.map((each, at) => ({ ...each, logprob: tops[at] ?? 0 })) };
  });
}

function unweighed(why: string): ProblemError {
  return new ProblemError('scorer_unavailable', `the endpoint weighs only answers that it gives by itself (${why}): use a text scorer`);
}

/** Weighs an answer for as long as the endpoint's own answer to a changed call is the same one. */
export class AlignedWeigher implements Weigher {
  readonly rung = 'aligned_top_logprobs';
  readonly #desk: Desk;
  readonly #form: OpeningForm;

  constructor(desk: Desk, form: OpeningForm) {
    this.#desk = desk;
    this.#form = form;
  }

  /** Asks the call itself, which has to be answered by the completion: its tokens are the grid. */
  async grid(call: Call, completion: Completion, signal: AbortSignal, onUsage?: (usage: Usage) => void): Promise<Cut> {
    const { channel, model } = this.#desk;
    const shape = shapeFor(call);
    if (!shape) throw unweighed('the call has no input');
    const most = Math.min(LONGEST, utf8.encode(completion.text).length);
    const body = greedyBody({ ...shape.asked(call), model }, shape, this.#form, most);
    const read = (reply: object) => checked(shape.opening.spoken(reply, 1)[0] ?? []);
    const spoken = await channel.post(requestOf(shape, [body]), read, weighingErrand(channel, signal, onUsage));
    if (spoken.length === 0) throw unweighed('this one came without log-probabilities');
    const ends = endsAlong(spoken, completion.text);
    if (typeof ends === 'string') throw unweighed(ends);
    const walked = walk(spoken, piecesOf(completion.text, ends), FLOOR);
    if (typeof walked === 'string') throw unweighed(walked);
    return { ends, logprobs: walked.logprobs };
  }

  async weigh(calls: readonly Call[], completion: Completion, grid: TokenGrid, options: AskOptions): Promise<void> {
    const pieces = piecesOf(completion.text, grid.ends);
    const outcomeOf = (spoken: readonly Spoken[] | undefined): Outcome => {
      if (!spoken || spoken.length === 0) throw malformed('generated tokens come without log-probabilities');
      const walked = walk(checked(spoken), pieces, FLOOR);
      // the server would do the same again
      if (typeof walked === 'string') return { kind: 'failed', reason: `malformed: ${walked}` };
      const { logprobs, divergence, known } = walked;
      return divergence === null ? { kind: 'weighed', logprobs } : { kind: 'weighed', logprobs, aligned: { divergence, known } };
    };
    const form: Form = {
      body: (call, shape) => greedyBody(call, shape, this.#form, pieces.length),
      read: (reply, count, shape) => shape.opening.spoken(reply, count).map(outcomeOf),
    };
    const { channel, maxBatch, concurrency, model } = this.#desk;
    await askAgain(calls, form, { channel, maxBatch, concurrency, model, lists: () => Promise.resolve(false) }, options);
  }
}
