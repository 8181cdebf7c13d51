import { randomInt, randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import { countUsage, readAnswer } from '../answers.ts';
import { ApiError } from '../api-errors.ts';
import { renderChat } from '../chat.ts';
import { checkModel, MODEL_ID, seconds } from '../context.ts';
import type { Context } from '../context.ts';
import { whileConnected } from '../disconnect.ts';
import type { Job, JobResult } from '../jobs.ts';
import { chatLogprobs, promptLogprobs, tokenNames } from '../logprob-shapes.ts';
import { answerRoom } from '../prompts.ts';
import { chatRequest, parseBody } from '../requests.ts';

type Request = z.output<typeof chatRequest>;

/** POST /v1/chat/completions: one conversation, one or more answers. */
export function chatCompletionsRoute(app: FastifyInstance, context: Context): void {
  app.post('/v1/chat/completions', async (request, reply) => {
    const asked = parseBody(chatRequest, request.body);
    checkModel(asked.model);
    if (asked.top_logprobs !== undefined && !asked.logprobs) {
      throw new ApiError(400, 'top_logprobs needs logprobs: true', 'top_logprobs', 'invalid_value');
    }
    const ids = renderChat(context.tokenizer, asked.messages, {
      addGenerationPrompt: asked.add_generation_prompt ?? !asked.continue_final_message,
      continueFinalMessage: asked.continue_final_message,
    });
    const results = await context.pool.run(chatJobs(context, ids, asked), whileConnected(reply));
    return {
      id: `chatcmpl-${randomUUID()}`,
      object: 'chat.completion',
      created: seconds(),
      model: MODEL_ID,
      system_fingerprint: context.fingerprint,
      choices: results.map((result, i) => choice(context, result, i, asked)),
      usage: countUsage([ids], results),
      ...promptFields(context, ids, results[0]!, asked),
    };
  });
}

/** Where the caller names no length, an answer may fill the context. */
function chatJobs(context: Context, ids: readonly number[], asked: Request): Job[] {
  const { context: window } = context.config;
  const maxTokens = answerRoom(ids.length, asked.max_completion_tokens ?? asked.max_tokens, window, window, 'messages');
  const seed = asked.seed ?? randomInt(2 ** 47);
  return Array.from({ length: asked.n }, (_, index) => ({
    ids: Int32Array.from(ids),
    maxTokens,
    temperature: asked.temperature,
    topP: asked.top_p,
    seed,
    choice: index,
    stop: asked.stop,
    ignoreEnd: asked.ignore_eos,
    top: asked.top_logprobs ?? 0,
    promptTop: index === 0 ? (asked.prompt_logprobs ?? null) : null,
    embed: false,
  }));
}

function choice({ tokenizer }: Context, result: JobResult, index: number, asked: Request): Record<string, unknown> {
  const answer = readAnswer(tokenizer, result);
  const names = tokenNames(tokenizer, asked.return_tokens_as_token_ids);
  return {
    index,
    message: { role: 'assistant', content: answer.text, refusal: null },
    logprobs: asked.logprobs ? chatLogprobs(tokenizer, names, asked.top_logprobs ?? 0, answer, result.scores) : null,
    finish_reason: answer.finish,
    ...(asked.return_token_ids ? { token_ids: answer.all } : {}),
  };
}

/** vLLM's extensions: the prompt is one for all choices, so they stand at the top. */
function promptFields(
  { tokenizer }: Context, ids: readonly number[], result: JobResult, asked: Request,
): Record<string, unknown> {
  const names = tokenNames(tokenizer, asked.return_tokens_as_token_ids);
  return {
    ...(asked.prompt_logprobs !== undefined && result.prompt !== null
      ? { prompt_logprobs: promptLogprobs(names, ids, result.prompt, asked.prompt_logprobs) }
      : {}),
    ...(asked.return_token_ids ? { prompt_token_ids: ids } : {}),
  };
}
