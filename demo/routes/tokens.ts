import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import { ApiError } from '../api-errors.ts';
import { renderChat } from '../chat.ts';
import { checkModel, MODEL_ID } from '../context.ts';
import type { Context } from '../context.ts';
import { checkIds } from '../prompts.ts';
import { detokenizeRequest, parseBody, tokenizeRequest } from '../requests.ts';
import type { Tokenizer } from '../tokenizer.ts';

/** POST /tokenize and /detokenize in vLLM's shapes, at the root and under /v1. */
export function tokenRoutes(app: FastifyInstance, { config, tokenizer }: Context): void {
  for (const prefix of ['', '/v1']) {
    app.post(`${prefix}/tokenize`, (request) => {
      const asked = parseBody(tokenizeRequest, request.body);
      checkModel(asked.model ?? MODEL_ID);
      const tokens = tokenize(tokenizer, asked);
      return {
        count: tokens.length,
        max_model_len: config.context,
        tokens,
        token_strs: asked.return_token_strs ? tokens.map((id) => tokenizer.textOf(id)) : null,
      };
    });
    app.post(`${prefix}/detokenize`, (request) => {
      const asked = parseBody(detokenizeRequest, request.body);
      checkModel(asked.model ?? MODEL_ID);
      checkIds(asked.tokens, 'tokens', config.vocab);
      return { prompt: tokenizer.decode(asked.tokens) };
    });
  }
}

/** A conversation brings its own `<|begin|>`; a text gets one unless the caller says no. */
function tokenize(tokenizer: Tokenizer, asked: z.output<typeof tokenizeRequest>): number[] {
  const { prompt, messages } = asked;
  if ((prompt === undefined) === (messages === undefined)) {
    throw new ApiError(400, 'Either prompt or messages is needed, not both', 'prompt', 'invalid_value');
  }
  const begin = tokenizer.specialId('<|begin|>');
  if (messages === undefined) {
    const ids = tokenizer.encodePrompt(prompt ?? '');
    return asked.add_special_tokens === false ? ids : [begin, ...ids];
  }
  if (asked.add_special_tokens === true) {
    throw new ApiError(400, 'The chat template adds its own special tokens', 'add_special_tokens', 'invalid_value');
  }
  return renderChat(tokenizer, messages, {
    addGenerationPrompt: asked.add_generation_prompt ?? !asked.continue_final_message,
    continueFinalMessage: asked.continue_final_message,
  });
}
