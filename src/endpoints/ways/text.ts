import type { Call, Completion, TokenGrid } from '../../core/types.ts';
import { ProblemError } from '../../errors.ts';
import type { AskOptions, Cut, Usage } from '../../service/ports.ts';
import { inBatches, type Piece, sendBatch, together } from '../batches.ts';
import type { Errand } from '../traffic/channel.ts';
import { cutByStrings } from './align.ts';
import { asLogprobs, choicesOf, type EchoForm, ECHO_FORMS, echoFields, echoRecipe } from './echo.ts';
import { firstThatWorks } from './forms.ts';
import { gridOf, type Reading, weighed } from './lay.ts';
import { cutByOffsets } from './offsets.ts';
import type { EchoChoice } from './replies.ts';
import { isLossy } from './token-bytes.ts';
import { type Desk, otherAnswer, type Sample, sum, type Trial, type Way, type Weigher, weighingErrand } from './way.ts';

interface Joined {
  prompt: string;
  answer: string;
  /** Fields of the call that change how its prompt is cut. */
  extra: Record<string, unknown>;
}

function joined(call: Call, answer: string): Joined | null {
  if (typeof call['prompt'] !== 'string') return null;
  const special = call['add_special_tokens'];
  return { prompt: call['prompt'], answer, extra: special === undefined ? {} : { add_special_tokens: special } };
}

function request(desk: Desk, form: EchoForm, items: readonly Joined[], asList: boolean) {
  const texts = items.map(({ prompt, answer }) => prompt + answer);
  return {
    path: '/completions',
    body: { model: desk.model, prompt: asList ? texts : texts[0], ...echoFields(form), ...items[0]?.extra },
  };
}

/**
 * The tokens that overlap the answer's characters, found by the strings and offsets that came back; null when the reply
 * holds no log-probabilities or its tokens do not make up the text.
 * @throws Fault malformed when a token of the answer has none
 */
function readAnswer(choice: EchoChoice, { prompt, answer }: { prompt: string; answer: string }): Reading | null {
  const { logprobs, text } = choice;
  if (!logprobs || !text.startsWith(prompt + answer)) return null;
  const { tokens, token_logprobs: values, text_offset: offsets } = logprobs;
  if (values.length !== tokens.length) return null;
  const [from, to] = [prompt.length, prompt.length + answer.length];
  const byStrings = () => cutByStrings(tokens, text, from, to);
  const byOffsets = () => (offsets ? cutByOffsets(tokens, offsets, text, from, to) : null);
  const cut = tokens.some(isLossy) ? (byOffsets() ?? byStrings()) : (byStrings() ?? byOffsets());
  return cut && { ends: cut.ends, logprobs: asLogprobs(values.slice(cut.first, cut.first + cut.ends.length)) };
}

class TextWeigher implements Weigher {
  readonly rung = 'prompt_logprobs';
  readonly #desk: Desk;
  readonly #form: EchoForm;
  readonly #lists: boolean;

  constructor(desk: Desk, form: EchoForm, lists: boolean) {
    this.#desk = desk;
    this.#form = form;
    this.#lists = lists;
  }

  async grid(call: Call, completion: Completion, signal: AbortSignal, onUsage?: (usage: Usage) => void): Promise<Cut> {
    const { channel } = this.#desk;
    const item = joined(call, completion.text);
    if (!item) throw new ProblemError('scorer_unavailable', 'only a prompt that is one text can be weighed: use a text scorer');
    const read = (reply: object) => choicesOf(reply, 1).map((choice) => readAnswer(choice, item));
    const [reading] = await channel.post(request(this.#desk, this.#form, [item], false), read, weighingErrand(channel, signal, onUsage));
    return gridOf(reading ?? null);
  }

  async weigh(calls: readonly Call[], completion: Completion, grid: TokenGrid, options: AskOptions) {
    const { channel, maxBatch, concurrency } = this.#desk;
    const pieces: Piece<Joined>[] = [];
    calls.forEach((call, position) => {
      const input = joined(call, completion.text);
      if (input) pieces.push({ position, input, patience: channel.patience() });
      else options.onOutcome(position, { kind: 'failed', reason: 'unsupported: only a prompt that is one text can be weighed' });
    });
    pieces.sort((a, b) => (a.input.prompt < b.input.prompt ? -1 : Number(a.input.prompt > b.input.prompt)));
    const read = (reply: object, items: readonly Joined[]) =>
      choicesOf(reply, items.length).map((choice, index) => {
        const item = items[index];
        return weighed(item ? readAnswer(choice, item) : null, grid);
      });
    const ask = {
      channel,
      options,
      read,
      request: (items: readonly Joined[]) => request(this.#desk, this.#form, items, this.#lists),
    };
    const batches = inBatches(pieces, this.#lists ? maxBatch : 1, concurrency);
    await together(options.signal, (signal) => batches.map((batch) => sendBatch(batch, ask, signal)));
  }
}

/** With the ids the text would be left out, which is what tells the tokens' places. */
const FORMS = ECHO_FORMS.map((form) => ({ ...form, returnIds: false })).slice(0, 2);

async function tryOn(desk: Desk, sample: Sample, errand: Errand): Promise<Trial | string> {
  const items = [joined(sample.call, sample.text), joined(sample.call, otherAnswer(sample.text))].filter((item) => item !== null);
  const found = await firstThatWorks(
    desk,
    FORMS,
    (form, part, asList) => request(desk, form, part, asList),
    items,
    (choice, item) => readAnswer(choice, item)?.logprobs ?? null,
    errand,
  );
  if (typeof found === 'string') return found;
  const [own = [], other = []] = found.values;
  const { form, lists } = found;
  return { own, other: sum(other), lists, weigher: new TextWeigher(desk, form, lists), recipe: { form, lists } };
}

function revive(desk: Desk, recipe: unknown): Weigher | null {
  const { data } = echoRecipe.safeParse(recipe);
  return data ? new TextWeigher(desk, data.form, data.lists) : null;
}

/** Prompt and answer as one text, echoed by /completions: for servers that echo and have no /tokenize. */
export const byText: Way = { id: 'text', title: 'prompt and answer as one text, echoed by /completions', rung: 'prompt_logprobs', needsEcho: true, tryOn, revive };
