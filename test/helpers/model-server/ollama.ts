import { Routes } from './completions.ts';
import type { ModelServerOptions, OllamaOptions } from './options.ts';
import { Refusal } from './refusal.ts';
import { withoutDetails } from './usage.ts';

type Body = Record<string, unknown>;

interface Shown {
  choices: { message?: { content: string }; text?: string; finish_reason: string; logprobs: { content: object[] } | null }[];
  usage: { prompt_tokens: number; completion_tokens: number };
}

/** Ollama: completions are chats of one message, as texts only and without log-probabilities; its own /api/generate has them. */
export class OllamaRoutes extends Routes {
  readonly #ollama: OllamaOptions;

  constructor(options: ModelServerOptions) {
    super({ topLogprobs: 20, topLimit: 20, tokenIds: false, ...options });
    this.#ollama = options.ollama ?? {};
  }

  override handlers(): Record<string, (body: Body) => object> {
    return this.#ollama.native === false ? {} : { '/api/generate': (body) => this.#generate(body) };
  }

  override refused({ message, code }: Refusal): object {
    return { error: { message, type: code, param: null, code: null } };
  }

  #asChat(body: Body): Body {
    const { prompt, logprobs: _logprobs, echo: _echo, ...rest } = body;
    if (typeof prompt !== 'string') throw new Refusal(400, 'invalid_request_error', 'prompt must be a string');
    return { ...rest, messages: [{ role: 'user', content: prompt }] };
  }

  override completions(body: Body): object {
    const { choices, ...reply } = withoutDetails(super.chat(this.#asChat(body))) as Shown;
    return { ...reply, object: 'text_completion', choices: choices.map(({ message, finish_reason: reason }) => ({ index: 0, text: message?.content ?? '', finish_reason: reason, logprobs: null })) };
  }

  override chat(body: Body): object {
    const { prompt_logprobs: _unknown, return_token_ids: _ids, ...rest } = body;
    // asked for none, it shows one
    return this.#drafted(withoutDetails(super.chat(rest['logprobs'] === true ? { ...rest, top_logprobs: Math.max(1, Number(rest['top_logprobs'] ?? 1)) } : rest)));
  }

  #generate(body: Body): object {
    const options = (body['options'] ?? {}) as Body;
    if (body['prompt'] === undefined) throw new Refusal(400, 'invalid_request_error', 'missing request body');
    const asked = { ...this.#asChat({ prompt: body['prompt'] }), logprobs: body['logprobs'], top_logprobs: body['top_logprobs'], max_tokens: options['num_predict'], temperature: options['temperature'] };
    const { choices, usage } = this.#drafted(super.chat(asked)) as Shown;
    const [choice] = choices;
    return {
      model: body['model'],
      response: choice?.message?.content ?? '',
      done: true,
      done_reason: choice?.finish_reason,
      prompt_eval_count: usage.prompt_tokens,
      eval_count: usage.completion_tokens,
      ...(choice?.logprobs ? { logprobs: choice.logprobs.content } : {}),
    };
  }

  /** Where a model drafts, tokens that were accepted come as certain and without alternatives. */
  #drafted(reply: object): object {
    if (this.#ollama.drafts !== true) return reply;
    const { choices, ...rest } = reply as Shown;
    const drafted = (content: object[]) => content.map((entry, index) => (index % 2 === 1 ? { ...entry, logprob: 0, top_logprobs: [] } : entry));
    return { ...rest, choices: choices.map((choice) => (choice.logprobs ? { ...choice, logprobs: { content: drafted(choice.logprobs.content) } } : choice)) };
  }
}
