import { z } from 'zod';
import { malformed, reader } from '../http/read.ts';
import { echoReply, type EchoChoice } from './replies.ts';

/**
 * How this server wants to be asked for the log-probabilities of a prompt. vLLM takes zeros, SGLang counts `logprobs`
 * only from 1, others insist on generating a token, which is dropped again.
 */
export interface EchoForm {
  logprobs: 0 | 1;
  maxTokens: 0 | 1;
  returnIds: boolean;
}

const digit = z.union([z.literal(0), z.literal(1)]);

/** What a way that echoes has to remember of a trial. */
export const echoRecipe = z.object({
  form: z.object({ logprobs: digit, maxTokens: digit, returnIds: z.boolean() }),
  lists: z.boolean(),
});

/** In the order in which they are tried. */
export const ECHO_FORMS: readonly EchoForm[] = [
  { logprobs: 0, maxTokens: 0, returnIds: true },
  { logprobs: 1, maxTokens: 1, returnIds: true },
  { logprobs: 1, maxTokens: 1, returnIds: false },
];

/** Fields of /completions that echo a prompt with its log-probabilities. `returnIds` empties the text on vLLM. */
export function echoFields({ logprobs, maxTokens, returnIds }: EchoForm): Record<string, unknown> {
  return { echo: true, logprobs, max_tokens: maxTokens, temperature: 0, ...(returnIds ? { return_token_ids: true } : {}) };
}

const readEcho = reader(echoReply);

/** The choices of a reply in the order of the prompts. @throws Fault malformed when there is not one for each */
export function choicesOf(reply: object, prompts: number): EchoChoice[] {
  const { choices } = readEcho(reply);
  if (choices.length !== prompts) throw malformed(`the reply has ${choices.length} choices for ${prompts} prompts`);
  return choices
    .map((choice, place) => ({ place: choice.index ?? place, choice }))
    .sort((a, b) => a.place - b.place)
    .map(({ choice }) => choice);
}

/** Rounding leaves certain tokens a hair above 0; anything more is no log-probability. */
const ROUNDING = 1e-3;

/** What stands for log 0: vLLM's own figure, which llama.cpp's −3.4e38 is brought to. */
const LOWEST = -9_999;

/** Checks log-probabilities and brings them into [−9999, 0]. @throws Fault malformed */
export function asLogprobs(values: readonly (number | null | undefined)[]): number[] {
  return values.map((value) => {
    if (typeof value !== 'number' || !Number.isFinite(value) || value > ROUNDING) {
      throw malformed('a token of the answer has no log-probability');
    }
    return Math.max(LOWEST, Math.min(0, value));
  });
}
