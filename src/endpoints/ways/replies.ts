import { z } from 'zod';

/* The replies that weighing and probing read, as far as they read them. Loose: servers add fields of their own. */

const ids = z.array(z.int().nonnegative());
const values = z.array(z.number().nullable());

/** POST /completions with `echo`: one choice per prompt. */
export const echoReply = z.looseObject({
  choices: z
    .array(
      z.looseObject({
        index: z.int().nonnegative().nullish(),
        text: z.string(),
        logprobs: z
          .looseObject({ tokens: z.array(z.string()), token_logprobs: values, text_offset: z.array(z.number()).nullish() })
          .nullish()
          .catch(null),
        prompt_token_ids: ids.nullish(),
      }),
    )
    .min(1),
});

export type EchoReply = z.output<typeof echoReply>;
export type EchoChoice = EchoReply['choices'][number];

/** POST /tokenize as vLLM has it. */
export const tokenizeReply = z.looseObject({ tokens: ids, token_strs: z.array(z.string()).nullish() });

/** POST /detokenize. */
export const detokenizeReply = z.looseObject({ prompt: z.string() });

/** A generated token. llama.cpp tells its id. */
const generatedToken = z.looseObject({ token: z.string(), logprob: z.number(), id: z.int().nonnegative().nullish() });

export type GeneratedToken = z.output<typeof generatedToken>;

/** POST /completions with `logprobs` where the server gives them as chat does, such as llama.cpp. */
export const completionSampleReply = z.looseObject({
  choices: z.array(z.looseObject({ text: z.string(), logprobs: z.looseObject({ content: z.array(generatedToken) }).nullish().catch(null) })).min(1),
});

/** POST /chat/completions with `logprobs`: what was generated, token by token. */
export const chatSampleReply = z.looseObject({
  choices: z
    .array(
      z.looseObject({
        message: z.looseObject({ content: z.string().nullish() }),
        logprobs: z
          .looseObject({ content: z.array(generatedToken).nullish() })
          .nullish(),
        token_ids: ids.nullish(),
      }),
    )
    .min(1),
  prompt_token_ids: ids.nullish(),
});

/** POST /chat/completions with `prompt_logprobs`: per prompt token, entries by token id; null for the first. */
export const promptLogprobsReply = z.looseObject({
  prompt_logprobs: z.array(
    z.record(z.string(), z.looseObject({ logprob: z.number(), decoded_token: z.string().nullish() })).nullable(),
  ),
  prompt_token_ids: ids,
});
