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

/** POST /detokenize: vLLM's `prompt`; SGLang's `text`, a list for a list. */
export const detokenizeReply = z.looseObject({ prompt: z.string().nullish(), text: z.union([z.string(), z.array(z.string())]).nullish() });

/** A generated token. llama.cpp tells its id. */
const generatedToken = z.looseObject({ token: z.string(), logprob: z.number(), id: z.int().nonnegative().nullish() });

export type GeneratedToken = z.output<typeof generatedToken>;

/** `logprobs` of /completions: lists of their own, or a list of tokens as chats have it, such as llama.cpp's. */
const completionLogprobs = z.union([
  z.looseObject({ content: z.array(generatedToken) }),
  z
    .looseObject({ tokens: z.array(z.string()), token_logprobs: z.array(z.number()) })
    .transform(({ tokens, token_logprobs: given }) => ({ content: tokens.map((token, index): GeneratedToken => ({ token, logprob: given[index] ?? 0 })) })),
]);

/** POST /completions with `logprobs`. */
export const completionSampleReply = z.looseObject({
  choices: z.array(z.looseObject({ text: z.string(), logprobs: completionLogprobs.nullish().catch(null) })).min(1),
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
        prompt_token_ids: ids.nullish(),
      }),
    )
    .min(1),
  prompt_token_ids: ids.nullish(),
});

/** `prompt_logprobs`: per prompt token, entries by token id; null for the first. */
const promptEntries = z.array(z.record(z.string(), z.looseObject({ logprob: z.number(), decoded_token: z.string().nullish() })).nullable());

/** POST /chat/completions with `prompt_logprobs`. */
export const promptLogprobsReply = z.looseObject({ prompt_logprobs: promptEntries, prompt_token_ids: ids });

/** POST /completions with it: in each choice. */
export const keyedReply = z.looseObject({
  choices: z
    .array(z.looseObject({ index: z.int().nonnegative().nullish(), prompt_logprobs: promptEntries.nullish(), prompt_token_ids: ids.nullish() }))
    .min(1),
});
