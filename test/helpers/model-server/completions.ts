import { LanguageModel } from './language.ts';
import type { ModelServerOptions } from './options.ts';
import { render } from './template.ts';
import { Refusal } from './refusal.ts';
import { respond } from './responses.ts';
import { decode, shown, type Token, Tokenizer, written } from './tokens.ts';
import { type Candidate, Top } from './top.ts';

type Body = Record<string, unknown>;

const DEFAULT_TOKENS = 64;

/** What becomes of a prompt's log-probabilities. */
const ECHOED = { on: 1, off: 1, ignored: 1, unprimed: 1, zeroed: 0, masked: 1e-7, skewed: 1.25 };

/** The routes of the fake, each body in, reply out. */
export class Routes {
  protected readonly options: ModelServerOptions;
  protected readonly tokenizer: Tokenizer;
  protected readonly model: LanguageModel;
  readonly #top: Top;

  constructor(options: ModelServerOptions) {
    this.options = options;
    this.tokenizer = new Tokenizer(options.spelling ?? 'words');
    const answer =
      options.answer ?? (({ text }) => (text.endsWith('<|assistant|>') ? 'Vilnius is the answer.' : ' Vilnius is the answer.'));
    this.model = new LanguageModel(this.tokenizer, answer, options.logprob);
    this.#top = new Top(options, this.tokenizer, this.model);
  }

  /** Prompts of a /completions body: texts, or lists of token ids. */
  static prompts(body: Body): (string | number[])[] {
    const prompt = body['prompt'];
    if (Array.isArray(prompt) && typeof prompt[0] !== 'number') return prompt as (string | number[])[];
    return [prompt as string | number[]];
  }

  /** The body of an error. */
  refused({ message, code }: Refusal): object {
    return { error: { message, type: code, code: null } };
  }

  /** Routes beside /v1. */
  handlers(): Record<string, (body: Body) => object> {
    return this.options.tokenize === false ? {} : { '/tokenize': (body) => this.tokenize(body), '/detokenize': (body) => this.detokenize(body) };
  }

  /** The tokens of a chat's prompt and answer. */
  protected generatedFor(body: Body): Token[] {
    const text = render(body, this.options.trimAnswers);
    const most = body['max_completion_tokens'] ?? body['max_tokens'];
    return [...this.tokenizer.encode(text, true), ...this.model.generate({ text, body }, typeof most === 'number' ? most : DEFAULT_TOKENS).tokens];
  }

  completions(body: Body): object {
    const { lists = true, maxList = Infinity, echo = 'on', zeros = true } = this.options;
    let prompts = Routes.prompts(body);
    if (prompts.length > 1 && lists === false) throw new Refusal(400, 'invalid_request_error', 'prompt must be a single text');
    if (prompts.length > maxList) throw new Refusal(400, 'invalid_request_error', `at most ${maxList} prompts`);
    if (prompts.length > 1 && lists === 'ignored') prompts = prompts.slice(0, 1);
    if (!zeros && (body['max_tokens'] === 0 || body['logprobs'] === 0)) {
      throw new Refusal(400, 'invalid_request_error', 'must be at least 1');
    }
    if (echo === 'off' && body['echo'] === true) {
      throw new Refusal(400, 'invalid_parameter_combination', 'echo and logprobs cannot be used together');
    }
    for (const prompt of prompts) this.refuse(typeof prompt === 'string' ? prompt : this.fromIds(prompt).map(shown).join(''));
    const done = prompts.map((prompt) => this.#complete(prompt, body));
    return {
      id: 'cmpl-fake',
      object: 'text_completion',
      choices: done.map(({ choice }, index) => ({ index, ...choice })),
      usage: this.#usage(done),
    };
  }

  #complete(given: string | number[], body: Body) {
    const { tokenIds = true, echo = 'on' } = this.options;
    const prompt =
      typeof given === 'string' ? this.tokenizer.encode(given, body['add_special_tokens'] !== false) : this.fromIds(given);
    const text = typeof given === 'string' ? given : decode(prompt, true).replace(/^<\|begin\|>/, '');
    const most = typeof body['max_tokens'] === 'number' ? body['max_tokens'] : 16;
    const { tokens, cut } = this.model.generate({ text, body }, most);
    const echoes = body['echo'] === true && echo !== 'ignored';
    const own = echoes ? [...prompt, ...tokens] : tokens;
    const ids = tokenIds && body['return_token_ids'] === true;
    const top = this.#top.along(prompt, tokens, body['logprobs'], body['temperature']);
    const logprobs = typeof body['logprobs'] === 'number' ? this.#legacyLogprobs(prompt, tokens, own, top) : null;
    const choice = {
      text: (echoes && !ids ? (typeof given === 'string' ? given : decode(prompt)) : '') + decode(tokens),
      logprobs,
      finish_reason: cut ? 'length' : 'stop',
      ...(ids ? { prompt_token_ids: this.#shownIds(prompt, given), token_ids: tokens.map((token) => token.id) } : {}),
      ...(typeof body['prompt_logprobs'] === 'number' && this.options.keyed ? { prompt_logprobs: this.#keyed(prompt, this.options.keyed) } : {}),
      // vLLM echoes by the same field
      ...(this.options.vllm && echoes && typeof body['logprobs'] === 'number' ? { prompt_logprobs: this.#keyed(prompt, 'raw') } : {}),
    };
    return { choice, prompt: prompt.length, completion: tokens.length };
  }

  #keyed(prompt: readonly Token[], how: 'raw' | 'zeroed' | 'masked' | 'skewed'): (object | null)[] {
    const factor = { raw: 1, zeroed: 0, masked: 1e-7, skewed: 1.25 }[how];
    const values = this.model.logprobs(prompt);
    return prompt.map((token, index) => (index === 0 ? null : { [token.id]: { logprob: (values[index] ?? 0) * factor, rank: 1, decoded_token: shown(token) } }));
  }

  #shownIds(prompt: readonly Token[], given: string | number[]): number[] {
    const ids = prompt.map((token) => token.id);
    return this.options.altersIds === true && typeof given !== 'string' ? [0, ...ids.slice(0, -1)] : ids;
  }

  #legacyLogprobs(prompt: readonly Token[], tokens: readonly Token[], own: readonly Token[], top: readonly (readonly Candidate[])[]) {
    const { echo = 'on', offsets = 'vllm' } = this.options;
    const echoed = own.length > tokens.length;
    const all = this.model.logprobs([...prompt, ...tokens], echoed ? 0 : prompt.length).map((value, index) => {
      if (value === null) return echo === 'unprimed' ? -1 : null;
      return index >= prompt.length ? value : value * ECHOED[echo];
    });
    const strings = own.map(shown);
    const places: number[] = [];
    let at = 0;
    let bytes = Buffer.alloc(0);
    for (const token of own) {
      // a token that starts inside a character starts, as Python counts, at the character
      places.push(offsets === 'true' ? Array.from(bytes.toString('utf8').replace(/\uFFFD+$/, '')).length : at);
      at += Array.from(shown(token)).length;
      if (!token.special) bytes = Buffer.concat([bytes, token.bytes]);
    }
    return {
      tokens: strings,
      token_logprobs: echoed ? all : all.slice(prompt.length),
      top_logprobs: top.some((each) => each.length > 0) && !echoed ? top.map((each) => Object.fromEntries(each.map(({ token, logprob }) => [shown(token), logprob]))) : null,
      ...(offsets === 'none' ? {} : { text_offset: places }),
    };
  }

  chat(body: Body): object {
    const { tokenIds = true, promptLogprobs = true, chatLogprobs = true, toolCalls } = this.options;
    const text = render(body, this.options.trimAnswers);
    const unknown = this.options.unknownFields?.find((name) => body[name] !== undefined);
    if (unknown !== undefined) throw new Refusal(400, 'unknown_parameter', `Unrecognized request argument supplied: ${unknown}`);
    this.refuse(text);
    const prompt = this.tokenizer.encode(text, true);
    const most = body['max_completion_tokens'] ?? body['max_tokens'];
    const { tokens, cut } = this.model.generate({ text, body }, typeof most === 'number' ? most : DEFAULT_TOKENS);
    const called = toolCalls?.(body).map((call, index) => ({ id: `call_${index}`, type: 'function', function: call })) ?? [];
    const temperature = body['temperature'];
    const values = this.model
      .logprobs([...prompt, ...tokens], prompt.length)
      .slice(prompt.length)
      .map((value, index) => this.#top.tempered(prompt, tokens.slice(0, index + 1), value ?? 0, temperature));
    const top = this.#top.along(prompt, tokens, body['top_logprobs'], temperature);
    const message =
      called.length > 0
        ? { role: 'assistant', content: null, tool_calls: called }
        : { role: 'assistant', content: decode(tokens) };
    const content = tokens.map((token, index) => ({
      token: shown(token),
      logprob: values[index],
      bytes: [...token.bytes],
      top_logprobs: (top[index] ?? []).map((each) => this.#top.shown(each)),
    }));
    const ids = tokenIds && body['return_token_ids'] === true;
    const wanted = typeof body['prompt_logprobs'] === 'number';
    if (wanted && !promptLogprobs) throw new Refusal(400, 'unsupported_parameter', 'prompt_logprobs is not supported');
    return {
      id: 'chatcmpl-fake',
      object: 'chat.completion',
      choices: [
        {
          index: 0,
          message,
          logprobs: body['logprobs'] === true && chatLogprobs ? { content } : null,
          finish_reason: called.length > 0 ? 'tool_calls' : cut ? 'length' : 'stop',
          ...(ids ? { token_ids: tokens.map((token) => token.id) } : {}),
        },
      ],
      ...(ids ? { prompt_token_ids: prompt.map((token) => token.id) } : {}),
      ...(wanted ? { prompt_logprobs: this.#promptLogprobs(prompt) } : {}),
      usage: this.#usage([{ prompt: prompt.length, completion: tokens.length }]),
    };
  }

  #promptLogprobs(prompt: readonly Token[]) {
    return this.model.logprobs(prompt).map((logprob, index) => {
      const token = prompt[index];
      return logprob === null || !token ? null : { [token.id]: { logprob, rank: 1, decoded_token: shown(token) } };
    });
  }

  responses(body: Body): object {
    const { options, tokenizer, model } = this;
    return respond(body, { options, tokenizer, model, top: this.#top, refuse: (text) => this.refuse(text) });
  }

  tokenize(body: Body): object {
    const chat = body['messages'] !== undefined;
    const rendered = this.options.tokenizeTools === false ? { ...body, tools: undefined } : body;
    const tokens = chat
      ? this.tokenizer.encode(render(rendered), true)
      : this.tokenizer.encode(String(body['prompt']), body['add_special_tokens'] !== false);
    const { pieces = 'byte-level' } = this.options;
    const strings =
      body['return_token_strs'] === true && pieces !== 'none' ? tokens.map((token) => written(token, pieces)) : null;
    return { count: tokens.length, max_model_len: 4_096, tokens: tokens.map((token) => token.id), token_strs: strings };
  }

  detokenize(body: Body): object {
    return { prompt: decode(this.fromIds(body['tokens'] as number[]), true) };
  }

  protected fromIds(ids: readonly number[]): Token[] {
    return ids.map((id) => {
      const token = this.tokenizer.byId(id);
      if (!token) throw new Refusal(400, 'invalid_request_error', `token id ${id} is out of vocabulary`);
      return token;
    });
  }

  protected refuse(text: string): void {
    if (this.options.refuse?.(text)) throw new Refusal(400, 'invalid_request_error', `this prompt is not taken: ${text}`);
  }

  #usage(done: readonly { prompt: number; completion: number }[]) {
    const prompt = done.reduce((sum, each) => sum + each.prompt, 0);
    const completion = done.reduce((sum, each) => sum + each.completion, 0);
    const cached = (this.options.cachedTokens ?? 0) * done.length;
    return {
      prompt_tokens: prompt,
      completion_tokens: completion,
      total_tokens: prompt + completion,
      prompt_tokens_details: { cached_tokens: cached },
    };
  }
}
