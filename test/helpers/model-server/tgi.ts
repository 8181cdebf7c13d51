import { Routes } from './completions.ts';
import type { ModelServerOptions, TgiOptions } from './options.ts';
import { Refusal } from './refusal.ts';
import { render } from './template.ts';
import { withoutDetails } from './usage.ts';
import { decode, shown, type Token } from './tokens.ts';

type Body = Record<string, unknown>;

const FACTORS = { raw: 1, off: 0, zeroed: 0, masked: 1e-7, skewed: 1.25 };
/** --max-top-n-tokens and --max-client-batch-size as they come. */
const MOST = { alternatives: 5, prompts: 4 };

interface Entry {
  bytes?: unknown;
  top_logprobs: object[];
}

/** It tells the texts of tokens, not their bytes. */
function withoutBytes(entry: { bytes?: unknown }): object {
  const { bytes: _bytes, ...rest } = entry;
  return rest;
}

/** text-generation-inference: its native routes, errors of its own form, and /completions that show nothing of tokens. */
export class TgiRoutes extends Routes {
  readonly #tgi: TgiOptions;

  constructor(options: ModelServerOptions) {
    super({ topLimit: MOST.alternatives, ...options, maxList: MOST.prompts, tokenIds: false });
    this.#tgi = options.tgi ?? {};
  }

  override handlers(): Record<string, (body: Body) => object> {
    return { '/generate': (body) => this.#generate(body), '/tokenize': (body) => this.#pieces(String(body['inputs'])), '/chat_tokenize': (body) => this.#chatTokenize(body) };
  }

  override completions(body: Body): object {
    const { echo: _echo, logprobs: _logprobs, ...rest } = body;
    return withoutDetails(super.completions(rest));
  }

  override chat(body: Body): object {
    const { prompt_logprobs: _unknown, ...rest } = body;
    const { choices, ...reply } = withoutDetails(super.chat(rest)) as { choices: { logprobs: { content: Entry[] } | null }[] };
    const bare = (entry: Entry): object => ({ ...withoutBytes(entry), top_logprobs: entry.top_logprobs.map(withoutBytes) });
    return { ...reply, choices: choices.map((choice) => ({ ...choice, logprobs: choice.logprobs && { content: choice.logprobs.content.map(bare) } })) };
  }

  override refused({ message }: Refusal): object {
    return { error: message, error_type: 'validation' };
  }

  #bos(): string {
    return this.#tgi.templateBegins === true ? '<|begin|>' : '';
  }

  #chatTokenize(body: Body): object {
    const text = this.#bos() + render(body);
    return { tokenize_response: this.#pieces(text).slice(1), templated_text: text };
  }

  /** Places are in bytes; the token that is put in front takes up no room. */
  #pieces(text: string): { id: number; text: string; start: number; stop: number }[] {
    let at = 0;
    return this.tokenizer.encode(text, true).map((token, index) => {
      const length = index === 0 ? 0 : token.bytes.length;
      const piece = { id: token.id, text: shown(token), start: at, stop: at + length };
      at += length;
      return piece;
    });
  }

  #generate(body: Body): object {
    const { inputs } = body;
    if (typeof inputs !== 'string') throw new Refusal(422, 'Input validation error', 'missing field `inputs`');
    const parameters = (body['parameters'] ?? {}) as Body;
    const prompt = this.tokenizer.encode(inputs, true);
    this.refuse(inputs);
    const text = inputs.replace(/^<\|begin\|>/, '');
    const { tokens } = this.model.generate({ text, body }, Number(parameters['max_new_tokens'] ?? 20));
    const { prefill = 'raw' } = this.#tgi;
    const told = (token: Token, logprob: number | null) => ({ id: token.id, text: shown(token), logprob });
    const values = this.model.logprobs([...prompt, ...tokens]);
    const read = parameters['decoder_input_details'] === true && prefill !== 'off';
    return {
      generated_text: decode(tokens),
      details: {
        finish_reason: 'length',
        generated_tokens: tokens.length,
        seed: null,
        prefill: read ? prompt.map((token, index) => told(token, index === 0 ? null : (values[index] ?? 0) * FACTORS[prefill])) : [],
        tokens: tokens.map((token, index) => ({ ...told(token, values[prompt.length + index] ?? 0), special: token.special })),
      },
    };
  }
}
