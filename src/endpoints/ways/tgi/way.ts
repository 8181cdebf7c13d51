import type { Call, Completion, TokenGrid } from '../../../core/types.ts';
import { ProblemError } from '../../../errors.ts';
import type { AskOptions, Cut, Usage } from '../../../service/ports.ts';
import { type Piece as Item, sendBatch, together } from '../../batches.ts';
import { Fault } from '../../http/fault.ts';
import { malformed } from '../../http/read.ts';
import { failed, problemOf } from '../../problems.ts';
import type { Errand } from '../../traffic/channel.ts';
import { asLogprobs } from '../echo.ts';
import { sameIds } from '../id-lists.ts';
import { gridOf, type Reading, weighed } from '../lay.ts';
import { hasMedia } from '../tokenize.ts';
import { type Desk, otherAnswer, type Sample, sum, type Trial, type Way, type Weigher, weighingErrand } from '../way.ts';
import { laidOut, type Laid } from './prompt.ts';
import { generating, readGenerated, ROUTE } from './routes.ts';

/** @throws Fault malformed where the prompt comes without log-probabilities */
function readAnswer(reply: object, { ids, first, ends }: Laid): Reading {
  const { prefill } = readGenerated(reply).details;
  if (prefill.length === 0) throw malformed('the prompt comes without details: the server was not started to give them');
  if (!sameIds(prefill.map(({ id }) => id), ids)) throw malformed('the server weighed other tokens than /tokenize gave');
  return { ends, logprobs: asLogprobs(prefill.slice(first, first + ends.length).map(({ logprob }) => logprob)) };
}

const request = (laid: Laid, about: unknown) => generating(laid.text, 1, about);

function refuse(call: Call): void {
  if (hasMedia(call)) throw new ProblemError('scorer_unavailable', 'this endpoint weighs texts, which cannot carry images or sound: use a text scorer');
}

class DetailsWeigher implements Weigher {
  readonly rung = 'prompt_logprobs';
  readonly #desk: Desk;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  async grid(call: Call, completion: Completion, signal: AbortSignal, onUsage?: (usage: Usage) => void): Promise<Cut> {
    refuse(call);
    const { channel } = this.#desk;
    const laid = await laidOut(this.#desk, call, completion.text, { signal, patience: channel.patience(), ...(onUsage ? { onUsage } : {}) });
    if (!laid) return gridOf(null);
    const read = (reply: object) => readAnswer(reply, laid);
    return gridOf(await channel.post(request(laid, [call, completion.text]), read, weighingErrand(channel, signal, onUsage)));
  }

  async weigh(calls: readonly Call[], completion: Completion, grid: TokenGrid, options: AskOptions): Promise<void> {
    const { channel } = this.#desk;
    await together(options.signal, (signal) =>
      calls.map(async (call, position) => {
        const patience = channel.patience();
        const laid = await this.#laid(call, position, completion.text, options, { signal, patience });
        if (!laid) return;
        const item: Item<Laid> = { position, input: laid, patience };
        const read = (reply: object) => [weighed(readAnswer(reply, laid), grid)];
        await sendBatch([item], { channel, options, read, request: () => request(laid, [call, completion.text]) }, signal);
      }),
    );
  }

  async #laid(call: Call, position: number, answer: string, options: AskOptions, errand: Errand): Promise<Laid | null> {
    try {
      const laid = await laidOut(this.#desk, call, answer, { ...errand, onUsage: (usage) => options.onUsage(usage, [position]) });
      if (!laid) options.onOutcome(position, weighed(null, { ends: Int32Array.of() }));
      return laid;
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      if (error.endsAll) throw problemOf(error);
      options.onOutcome(position, failed(error));
      return null;
    }
  }
}

async function tryOn(desk: Desk, sample: Sample, errand: Errand): Promise<Trial | string> {
  const weigh = async (answer: string): Promise<readonly number[]> => {
    const laid = await laidOut(desk, sample.call, answer, errand);
    if (!laid) throw malformed('the tokens of /tokenize do not make up the text');
    // read after the request has ended, so that it is not asked for again
    const reply = await desk.channel.post(request(laid, [sample.call, answer]), (body) => body, errand);
    return readAnswer(reply, laid).logprobs;
  };
  try {
    const own = await weigh(sample.text);
    const other = await weigh(otherAnswer(sample.text));
    return { own, other: sum(other), lists: null, weigher: new DetailsWeigher(desk), recipe: null };
  } catch (error) {
    if (error instanceof Fault && error.unwilling) return error.reason;
    throw error;
  }
}

/**
 * What this server goes on with after a prompt: its /completions give no log-probabilities to compare with.
 * @throws Fault
 */
async function generate(desk: Desk, call: Call, most: number, errand: Errand): Promise<Sample | string> {
  const { details, generated_text: text } = await desk.channel.post(generating(String(call['prompt']), most, call), readGenerated, errand);
  const tokens = details.tokens.filter(({ text: own }, index) => own !== '' || index < details.tokens.length - 1);
  if (tokens.length === 0) return 'nothing was generated to compare with';
  return { call, text, logprobs: asLogprobs(tokens.map(({ logprob }) => logprob)), firstToken: tokens[0]?.text ?? '', ids: null, promptIds: null };
}

/** TGI's details of what it reads, where it was started to give them (REQUEST_LOGPROBS). */
export const byDetails: Way = {
  id: 'tgi-details',
  title: 'prompt and answer as one text, with the details of /generate',
  rung: 'prompt_logprobs',
  needsEcho: false,
  route: ROUTE,
  sample: generate,
  tryOn,
  revive: (desk) => new DetailsWeigher(desk),
};
