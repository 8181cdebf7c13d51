import type { Call, Completion, TokenGrid } from '../../core/types.ts';
import { ProblemError } from '../../errors.ts';
import type { AskOptions, Cut, Usage } from '../../service/ports.ts';
import { inBatches, type Piece, sendBatch, together } from '../batches.ts';
import { Fault } from '../http/fault.ts';
import { malformed } from '../http/read.ts';
import { failed, problemOf } from '../problems.ts';
import type { Errand } from '../traffic/channel.ts';
import { answerTokens, type Tokens } from './answer-tokens.ts';
import { asLogprobs, choicesOf, type EchoForm, ECHO_FORMS, echoFields, echoRecipe } from './echo.ts';
import { firstThatWorks } from './forms.ts';
import { compareIds, sameIds } from './id-lists.ts';
import { weighed } from './lay.ts';
import type { EchoChoice } from './replies.ts';
import { refuseOtherTemplate } from './template.ts';
import { hasMedia, promptIds } from './tokenize.ts';
import { type Desk, firstOf, type Sample, sum, type Trial, type Way, type Weigher } from './way.ts';

interface Sequence {
  prompt: readonly number[];
  answer: readonly number[];
  /** What the ids stand for, to be kept out of errors. */
  about: readonly [Call, string];
}

function request(desk: Desk, form: EchoForm, sequences: readonly Sequence[], asList: boolean) {
  const prompts = sequences.map(({ prompt, answer }) => [...prompt, ...answer]);
  const about = sequences.map((sequence) => sequence.about);
  return { path: '/completions', body: { model: desk.model, prompt: asList ? prompts : prompts[0], ...echoFields(form) }, about };
}

const OTHER_TOKENS = 'the server weighed other tokens than it was sent';

function otherTokens({ prompt_token_ids: echoed }: EchoChoice, { prompt, answer }: Sequence): boolean {
  return Boolean(echoed) && !sameIds(echoed ?? [], [...prompt, ...answer]);
}

/** Log-probabilities of exactly the answer's ids: they follow the prompt's, whatever stands after them. */
function answerLogprobs(choice: EchoChoice, sequence: Sequence): number[] {
  if (otherTokens(choice, sequence)) throw malformed(OTHER_TOKENS);
  const { prompt, answer } = sequence;
  const values = choice.logprobs?.token_logprobs ?? [];
  const end = prompt.length + answer.length;
  if (values.length !== end && values.length !== end + 1) throw malformed('the reply has another number of tokens than was sent');
  return asLogprobs(values.slice(prompt.length, end));
}

/** Answers whose tokens are remembered: a job asks for the same one in every round. */
const REMEMBERED = 16;

class IdsWeigher implements Weigher {
  readonly rung = 'prompt_logprobs';
  readonly #desk: Desk;
  readonly #form: EchoForm;
  readonly #lists: boolean;
  readonly #answers = new Map<string, Tokens>();

  constructor(desk: Desk, form: EchoForm, lists: boolean) {
    this.#desk = desk;
    this.#form = form;
    this.#lists = lists;
  }

  async grid(call: Call, completion: Completion, signal: AbortSignal, onUsage?: (usage: Usage) => void): Promise<Cut> {
    if (hasMedia(call)) {
      throw new ProblemError(
        'scorer_unavailable',
        'this endpoint weighs by token ids, which cannot carry images or sound: use a text scorer',
      );
    }
    const errand = { signal, patience: this.#desk.channel.patience(), ...(onUsage ? { onUsage } : {}) };
    const { ends } = await this.#answer(completion.text, errand);
    await refuseOtherTemplate(this.#desk, call, errand);
    return { ends, logprobs: null };
  }

  async weigh(calls: readonly Call[], completion: Completion, grid: TokenGrid, options: AskOptions) {
    const { channel, maxBatch, concurrency } = this.#desk;
    const answer = await this.#answer(completion.text, { signal: options.signal, patience: channel.patience() });
    const pieces: Piece<Sequence>[] = [];
    await together(options.signal, (signal) =>
      calls.map(async (call, position) => {
        const patience = channel.patience();
        const prompt = await this.#prompt(call, position, options, { signal, patience });
        if (prompt) pieces.push({ position, patience, input: { prompt, answer: answer.ids, about: [call, completion.text] } });
      }),
    );
    // neighbours share prefixes, which servers remember
    pieces.sort((a, b) => compareIds(a.input.prompt, b.input.prompt));
    const read = (reply: object, sequences: readonly Sequence[]) =>
      choicesOf(reply, sequences.length).map((choice, index) => {
        const sequence = sequences[index];
        return weighed(sequence ? { ends: [...answer.ends], logprobs: answerLogprobs(choice, sequence) } : null, grid);
      });
    const ask = {
      channel,
      options,
      read,
      request: (sequences: readonly Sequence[]) => request(this.#desk, this.#form, sequences, this.#lists),
    };
    const batches = inBatches(pieces, this.#lists ? maxBatch : 1, concurrency);
    await together(options.signal, (signal) => batches.map((batch) => sendBatch(batch, ask, signal)));
  }

  async #prompt(call: Call, position: number, options: AskOptions, errand: Errand): Promise<readonly number[] | null> {
    try {
      return await promptIds(this.#desk, call, { ...errand, onUsage: (usage) => options.onUsage(usage, [position]) });
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      if (error.endsAll) throw problemOf(error);
      options.onOutcome(position, failed(error));
      return null;
    }
  }

  async #answer(text: string, errand: Errand): Promise<Tokens> {
    const known = this.#answers.get(text);
    if (known) return known;
    const tokens = await answerTokens(this.#desk, text, errand);
    this.#answers.set(text, tokens);
    for (const oldest of this.#answers.keys()) if (this.#answers.size > REMEMBERED) this.#answers.delete(oldest);
    return tokens;
  }
}

async function tryOn(desk: Desk, sample: Sample, errand: Errand): Promise<Trial | string> {
  const prompt = await promptIds(desk, sample.call, errand);
  if (sample.promptIds && !sameIds(sample.promptIds, prompt)) return 'the chat route renders other tokens than /tokenize';
  const { ids } = await answerTokens(desk, sample.text, errand);
  // when the border to the prompt changes how an answer is cut, ids of the answer alone are not what was generated
  if (ids.length !== sample.logprobs.length || (sample.ids && !sameIds(sample.ids, ids))) {
    return 'the tokenizer cuts the answer otherwise than it was generated';
  }
  const backwards = ids.toReversed();
  const other = sameIds(backwards, ids) ? prompt.slice(0, ids.length) : backwards;
  const sequences = [ids, other].map((answer): Sequence => ({ prompt, answer, about: [sample.call, sample.text] }));
  const found = await firstThatWorks(
    desk,
    ECHO_FORMS,
    (form, part, asList) => request(desk, form, part, asList),
    sequences,
    (choice, sequence) => (otherTokens(choice, sequence) ? OTHER_TOKENS : answerLogprobs(choice, sequence)),
    errand,
  );
  if (typeof found === 'string') return found;
  const [own, less] = found.values.map((values) => sum(values));
  const { form, lists } = found;
  const first = firstOf(found.values[0] ?? [], sample);
  return { own: own ?? 0, other: less ?? 0, first, lists, weigher: new IdsWeigher(desk, form, lists), recipe: { form, lists } };
}

function revive(desk: Desk, recipe: unknown): Weigher | null {
  const { data } = echoRecipe.safeParse(recipe);
  return data ? new IdsWeigher(desk, data.form, data.lists) : null;
}

/** Prompt and answer as token ids, joined by us, echoed by /completions: exact whatever the template is. */
export const byIds: Way = { id: 'ids', title: 'token ids from /tokenize, echoed by /completions', needsEcho: true, tryOn, revive };
