import type { Call, Completion, TokenGrid } from '../../core/types.ts';
import type { AskOptions, Cut, Usage } from '../../service/ports.ts';
import { sendBatch, together } from '../batches.ts';
import type { Request } from '../http/client.ts';
import { Fault } from '../http/fault.ts';
import { malformed, reader } from '../http/read.ts';
import type { Errand } from '../traffic/channel.ts';
import { cutByStrings } from './align.ts';
import { asLogprobs } from './echo.ts';
import { gridOf, type Reading, weighed } from './lay.ts';
import { promptLogprobsReply } from './replies.ts';
import { type Desk, otherAnswer, type Sample, sum, type Trial, type Way, type Weigher, weighingErrand } from './way.ts';

/** Fields that say how to generate; nothing is generated here. */
const GENERATION = new Set([
  'stream',
  'stream_options',
  'n',
  'max_completion_tokens',
  'logprobs',
  'top_logprobs',
  'stop',
  'min_tokens',
  'echo',
  'seed',
]);

/** The answer as the last message's text, to be continued; a call that is itself to be continued takes it at its end. */
function withAnswer(call: Call, answer: string): unknown[] {
  const messages: unknown[] = Array.isArray(call['messages']) ? call['messages'] : [];
  const last = messages.at(-1) as { role?: unknown; content?: unknown } | undefined;
  if (call['continue_final_message'] === true && last?.role === 'assistant' && typeof last.content === 'string') {
    return [...messages.slice(0, -1), { ...last, content: last.content + answer }];
  }
  return [...messages, { role: 'assistant', content: answer }];
}

function request(desk: Desk, call: Call, answer: string): Request {
  const kept = Object.fromEntries(Object.entries(call).filter(([name]) => !GENERATION.has(name)));
  const body = {
    ...kept,
    model: desk.model,
    messages: withAnswer(call, answer),
    add_generation_prompt: false,
    continue_final_message: true,
    prompt_logprobs: 0,
    max_tokens: 1,
    temperature: 0,
    return_token_ids: true,
  };
  return { path: '/chat/completions', body };
}

const readReply = reader(promptLogprobsReply);

/**
 * The last tokens of the prompt, as far as they make up the answer; null where the template trimmed or closed it.
 * @throws Fault malformed
 */
function readAnswer(reply: object, answer: string): Reading | null {
  const { prompt_logprobs: entries, prompt_token_ids: ids } = readReply(reply);
  if (entries.length !== ids.length) throw malformed('the reply has not one log-probability for each token of the prompt');
  // looked up by id: with more than one entry the order does not tell which one was sent
  const own = ids.map((id, index) => entries[index]?.[String(id)]);
  const cut = cutByStrings(
    own.map((entry) => entry?.decoded_token ?? ''),
    answer,
    0,
  );
  return (
    cut && {
      ends: cut.ends,
      logprobs: asLogprobs(own.slice(cut.first, cut.first + cut.ends.length).map((entry) => entry?.logprob)),
    }
  );
}

class PrefillWeigher implements Weigher {
  readonly rung = 'prompt_logprobs';
  readonly #desk: Desk;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  async grid(call: Call, completion: Completion, signal: AbortSignal, onUsage?: (usage: Usage) => void): Promise<Cut> {
    const { channel } = this.#desk;
    const read = (reply: object) => readAnswer(reply, completion.text);
    return gridOf(await channel.post(request(this.#desk, call, completion.text), read, weighingErrand(channel, signal, onUsage)));
  }

  async weigh(calls: readonly Call[], completion: Completion, grid: TokenGrid, options: AskOptions) {
    const { channel } = this.#desk;
    const read = (reply: object) => [weighed(readAnswer(reply, completion.text), grid)];
    const ask = {
      channel,
      options,
      read,
      request: ([call]: readonly Call[]) => request(this.#desk, call ?? {}, completion.text),
    };
    await together(options.signal, (signal) =>
      calls.map((input, position) => sendBatch([{ position, input, patience: channel.patience() }], ask, signal)),
    );
  }
}

async function tryOn(desk: Desk, sample: Sample, errand: Errand): Promise<Trial | string> {
  // one after the other: where the first is refused the second need not be asked
  const weigh = async (answer: string): Promise<readonly number[]> => {
    const reply = await desk.channel.post(request(desk, sample.call, answer), (body) => body, errand);
    const reading = readAnswer(reply, answer);
    if (!reading) throw malformed('the prompt does not end in the answer as it was sent');
    return reading.logprobs;
  };
  try {
    const own = await weigh(sample.text);
    const other = await weigh(otherAnswer(sample.text).trim());
    return { own, other: sum(other), lists: null, weigher: new PrefillWeigher(desk), recipe: null };
  } catch (error) {
    if (error instanceof Fault && error.unwilling) {
      return error.reason;
    }
    throw error;
  }
}

/** The answer as an open assistant message, weighed as part of the prompt: for chat servers without /tokenize. */
export const byPrefill: Way = {
  id: 'prefill',
  title: 'the answer as an open assistant message with prompt_logprobs',
  rung: 'prompt_logprobs',
  needsEcho: false,
  tryOn,
  revive: (desk) => new PrefillWeigher(desk),
};
