import { randomInt, randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import { countUsage, readAnswer } from '../answers.ts';
import { ApiError } from '../api-errors.ts';
import { checkModel, MODEL_ID, seconds } from '../context.ts';
import type { Context } from '../context.ts';
import { whileConnected } from '../disconnect.ts';
import type { Job, JobResult } from '../jobs.ts';
import { echoText, legacyLogprobs, promptLogprobs, tokenNames } from '../logprob-shapes.ts';
import type { TokenNames } from '../logprob-shapes.ts';
import { answerRoom, readItems, readPrompt } from '../prompts.ts';
import type { Prompt } from '../prompts.ts';
import { completionRequest, parseBody } from '../requests.ts';

type Request = z.output<typeof completionRequest>;

/** OpenAI's length of an answer where the caller names none. */
const DEFAULT_TOKENS = 16;
/** Answers in one request: prompts times choices. */
const MAX_ANSWERS = 4096;

/** POST /v1/completions: raw prompts, one or many. */
export function completionsRoute(app: FastifyInstance, context: Context): void {
  app.post('/v1/completions', async (request, reply) => {
    const asked = parseBody(completionRequest, request.body);
    checkModel(asked.model);
    const { config, tokenizer, pool } = context;
    if (asked.best_of !== undefined && asked.best_of !== asked.n) {
      throw new ApiError(400, 'best_of must equal n: answers are not ranked here', 'best_of', 'unsupported_parameter');
    }
    const items = readItems(asked.prompt, 'prompt', config.vocab);
    if (items.length * asked.n > MAX_ANSWERS) {
      throw new ApiError(400, `prompts × n is more than ${MAX_ANSWERS}`, 'n', 'invalid_value');
    }
    const prompts = items.map((item) => readPrompt(tokenizer, item, asked.add_special_tokens));
    const rooms = prompts.map(({ ids }) => answerRoom(ids.length, asked.max_tokens, DEFAULT_TOKENS, config.context, 'prompt'));
    const jobs = prompts.flatMap((prompt, i) => promptJobs(prompt, rooms[i]!, asked));
    const results = await pool.run(jobs, whileConnected(reply));
    return {
      id: `cmpl-${randomUUID()}`,
      object: 'text_completion',
      created: seconds(),
      model: MODEL_ID,
      system_fingerprint: context.fingerprint,
      choices: results.map((result, i) => choice(context, prompts[Math.floor(i / asked.n)]!, result, i, asked)),
      usage: countUsage(prompts.map((prompt) => prompt.ids), results),
    };
  });
}

/** One job per choice. Without a seed every prompt of a list draws its own, so that repeats differ. */
function promptJobs(prompt: Prompt, maxTokens: number, asked: Request): Job[] {
  const seed = asked.seed ?? randomInt(2 ** 47);
  const scored = Math.max(asked.prompt_logprobs ?? -1, asked.echo ? (asked.logprobs ?? -1) : -1);
  return Array.from({ length: asked.n }, (_, index) => ({
    ids: Int32Array.from(prompt.ids),
    maxTokens,
    temperature: asked.temperature,
    topP: asked.top_p,
    seed,
    choice: index,
    stop: asked.stop,
    ignoreEnd: asked.ignore_eos,
    top: asked.logprobs ?? 0,
    promptTop: scored < 0 ? null : scored,
    embed: false,
  }));
}

function choice(context: Context, prompt: Prompt, result: JobResult, index: number, asked: Request): Record<string, unknown> {
  const { tokenizer } = context;
  const names = tokenNames(tokenizer, asked.return_tokens_as_token_ids);
  const answer = readAnswer(tokenizer, result);
  const echoed = asked.echo && result.prompt !== null ? { prompt, scores: result.prompt } : null;
  const shape = (top: number) => legacyLogprobs(tokenizer, names, top, echoed, answer, result.scores);
  return {
    index,
    text: (asked.echo ? echoText(tokenizer, prompt) : '') + answer.text,
    logprobs: asked.logprobs === undefined ? null : shape(asked.logprobs),
    finish_reason: answer.finish,
    ...promptFields(names, prompt, result, asked),
    ...(asked.return_token_ids ? { prompt_token_ids: prompt.ids, token_ids: answer.all } : {}),
  };
}

function promptFields(names: TokenNames, prompt: Prompt, result: JobResult, asked: Request): Record<string, unknown> {
  if (asked.prompt_logprobs === undefined || result.prompt === null) return {};
  return { prompt_logprobs: promptLogprobs(names, prompt.ids, result.prompt, asked.prompt_logprobs) };
}
