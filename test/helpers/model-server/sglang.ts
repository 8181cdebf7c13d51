import { Routes } from './completions.ts';
import type { ModelServerOptions, SglangOptions } from './options.ts';
import { Prefixes } from './prefixes.ts';
import { Refusal } from './refusal.ts';
import { decode, type Token } from './tokens.ts';

type Body = Record<string, unknown>;

const FACTORS = { raw: 1, zeroed: 0, masked: 1e-7, skewed: 1.25 };

/** SGLang's server: echo that counts only from one log-probability on, /tokenize for texts, and its own /generate. */
export class SglangRoutes extends Routes {
  readonly #sglang: SglangOptions;
  readonly #prefixes = new Prefixes(1);

  constructor(options: ModelServerOptions) {
    super({ promptLogprobs: false, pieces: 'none', ...options });
    this.#sglang = options.sglang ?? {};
  }

  override handlers(): Record<string, (body: Body) => object> {
    return { ...super.handlers(), '/generate': (body) => this.#generate(body) };
  }

  override refused({ message, code, status }: Refusal): object {
    return { object: 'error', message, type: code, param: null, code: status };
  }

  override completions(body: Body): object {
    return super.completions(body['echo'] === true && !Number(body['logprobs']) ? { ...body, logprobs: undefined } : body);
  }

  override chat(body: Body): object {
    const { prompt_logprobs: _unknown, ...rest } = body;
    const { prompt_token_ids: ids, ...reply } = super.chat({ ...rest, return_token_ids: true }) as { choices: object[]; prompt_token_ids?: number[] };
    this.#prefixes.remember(this.generatedFor(body));
    const choices = reply.choices.map((choice) => ({ ...choice, token_ids: undefined, ...(body['return_prompt_token_ids'] === true && this.#sglang.chatIds !== false ? { prompt_token_ids: ids } : {}) }));
    return { ...reply, choices };
  }

  override tokenize(body: Body): object {
    const { prompt } = body;
    if (typeof prompt !== 'string') throw new Refusal(400, 'BadRequestError', 'prompt: Field required');
    const tokens = this.tokenizer.encode(prompt, body['add_special_tokens'] !== false);
    return { tokens: tokens.map(({ id }) => id), count: tokens.length, max_model_len: 4_096 };
  }

  override detokenize(body: Body): object {
    const lists = body['tokens'] as number[] | number[][];
    const text = (ids: readonly number[]) => decode(this.fromIds(ids), true);
    return { text: Array.isArray(lists[0]) ? (lists as number[][]).map(text) : text(lists as number[]) };
  }

  #generate(body: Body): object {
    const { lists = true, zero = true } = this.#sglang;
    const given = body['input_ids'];
    if (!Array.isArray(given)) throw new Refusal(400, 'BadRequestError', 'Either text, input_ids or input_embeds should be provided.');
    const many = Array.isArray(given[0]);
    if (many && !lists) throw new Refusal(400, 'BadRequestError', 'logprob_start_len must be an integer');
    const { max_new_tokens: most } = (body['sampling_params'] ?? {}) as Body;
    if (most === 0 && !zero) throw new Refusal(400, 'BadRequestError', 'max_new_tokens must be positive');
    const prompts = (many ? given : [given]) as number[][];
    const starts = (many ? body['logprob_start_len'] : [body['logprob_start_len']]) as number[];
    const tokens = prompts.map((ids) => this.fromIds(ids));
    for (const each of tokens) this.refuse(decode(each, true));
    const items = tokens.map((each, index) => this.#item(each, starts[index] ?? -1, Number(most ?? 128), body));
    return many ? items : (items[0] ?? {});
  }

  #item(prompt: readonly Token[], start: number, most: number, body: Body): object {
    const from = start < 0 ? prompt.length : start;
    const known = this.#prefixes.known(prompt, Math.min(prompt.length - 1, from));
    const text = decode(prompt, true).replace(/^<\|begin\|>/, '');
    const { tokens } = this.model.generate({ text, body }, most);
    this.#prefixes.remember([...prompt, ...tokens]);
    const factor = FACTORS[this.#sglang.weighing ?? 'raw'];
    const values = this.model.logprobs(prompt, from + 1).slice(from);
    // logits of the position before the first were not computed
    const entries = prompt.slice(from).map(({ id }, index) => [index === 0 ? null : (values[index] ?? 0) * factor, id, null]);
    return {
      text: decode(tokens),
      output_ids: tokens.map(({ id }) => id),
      meta_info: {
        id: 'fake',
        finish_reason: { type: 'length', length: most },
        prompt_tokens: prompt.length,
        completion_tokens: tokens.length,
        cached_tokens: known,
        ...(body['return_logprob'] === true ? { input_token_logprobs: entries, output_token_logprobs: [] } : {}),
      },
    };
  }
}
