import { Routes } from './completions.ts';
import type { ModelServerOptions, NativeOptions } from './options.ts';
import { Refusal } from './refusal.ts';
import { Slots } from './slots.ts';
import { render } from './template.ts';
import { decode, END, shown, type Token } from './tokens.ts';

type Body = Record<string, unknown>;

const FORCED = { raw: 1, zeroed: 0, masked: 1e-7, skewed: 1.25, drafted: 0, 'after sampling': 0 };
const GRAMMAR = /^root ::= (?:<\[\d+\]>(?: |$))+$/;

/** The routes of llama.cpp's server as it has them: /v1 with what it ignores ignored, and its own beside it. */
export class NativeRoutes extends Routes {
  readonly #native: NativeOptions;
  readonly #slots: Slots;

  constructor(options: ModelServerOptions) {
    super({ ...options, echo: 'ignored', tokenIds: false });
    this.#native = options.native ?? {};
    this.#slots = new Slots(this.#native.slots ?? 4, this.#native.unified === true);
  }

  override handlers(): Record<string, (body: Body) => object> {
    const all: Record<string, (body: Body) => object> = {
      '/completion': (body) => this.completion(body),
      '/tokenize': (body) => this.tokenize(body),
      '/detokenize': (body) => ({ content: decode(this.fromIds((body['tokens'] ?? []) as number[]), true) }),
      '/apply-template': (body) => ({ prompt: this.#rendered(body) }),
      '/props': () => ({ total_slots: this.#slots.count }),
    };
    for (const path of this.#native.missing ?? []) delete all[path];
    return all;
  }

  /** A last message of the assistant is left open without being asked to. */
  #rendered(body: Body): string {
    const last = (body['messages'] as { role?: string }[] | undefined)?.at(-1);
    return render(last?.role === 'assistant' ? { ...body, continue_final_message: true } : body);
  }

  override completions(body: Body): object {
    const { logprobs, ...rest } = body;
    const reply = super.completions({ ...rest, echo: false }) as { choices: object[] };
    const prompts = Routes.prompts(body);
    const most = typeof body['max_tokens'] === 'number' ? body['max_tokens'] : 16;
    const choices = reply.choices.map((choice, index) => {
      const prompt = this.#tokens(prompts[index] ?? '');
      const { tokens } = this.model.generate({ text: this.#textOf(prompt), body }, most);
      return { ...choice, logprobs: Number(logprobs ?? 0) > 0 ? { content: this.#entries(prompt, tokens, 1, true) } : null };
    });
    return { ...reply, choices };
  }

  override chat(body: Body): object {
    const { prompt_logprobs: _ignored, ...rest } = body;
    const reply = super.chat(rest) as { choices: { logprobs: unknown }[] };
    const most = body['max_completion_tokens'] ?? body['max_tokens'];
    const prompt = this.tokenizer.encode(this.#rendered(body), true);
    const { tokens } = this.model.generate({ text: this.#rendered(body), body }, typeof most === 'number' ? most : 64);
    const [choice] = reply.choices;
    if (!choice?.logprobs) return reply;
    const given = (choice.logprobs as { content: { top_logprobs: object[] }[] }).content;
    const content = this.#entries(prompt, tokens, 1, true);
    const named = (top: object[]): object[] => (top as { bytes: number[] }[]).map((each) => ({ id: this.tokenizer.encode(Buffer.from(each.bytes).toString('utf8'), false)[0]?.id, ...each }));
    choice.logprobs = { content: content.map((entry, index) => (given.length === content.length && given[index]?.top_logprobs.length ? { ...entry, top_logprobs: named(given[index].top_logprobs) } : entry)) };
    return reply;
  }

  override responses(body: Body): object {
    const { usage, ...reply } = super.responses(body) as { usage: Body };
    return { ...reply, usage: { ...usage, output_tokens_details: undefined } };
  }

  override tokenize(body: Body): object {
    const { content } = body;
    if (typeof content !== 'string') return { tokens: [] };
    const tokens = this.tokenizer.encode(content, body['add_special'] === true);
    if (body['with_pieces'] !== true) return { tokens: tokens.map(({ id }) => id) };
    return { tokens: tokens.map((token) => ({ id: token.id, piece: shown(token).includes('\uFFFD') ? [...token.bytes] : shown(token) })) };
  }

  completion(body: Body): object {
    if (body['prompt'] === undefined) throw new Refusal(400, 'invalid_request_error', "[json.exception.out_of_range.403] key 'prompt' not found");
    const prompts = Routes.prompts(body);
    if (prompts.length > 1 && this.#native.lists === false) throw new Refusal(400, 'invalid_request_error', 'one prompt at a time');
    for (const prompt of prompts) this.refuse(this.#textOf(this.#tokens(prompt)));
    const items = prompts.map((prompt, index) => ({ index, ...this.#item(this.#tokens(prompt), body) }));
    const fields = body['response_fields'];
    const shownItems = items.map((item) => (Array.isArray(fields) ? picked(item, fields.map(String)) : item));
    return shownItems.length === 1 ? (shownItems[0] ?? {}) : shownItems;
  }

  #item(prompt: readonly Token[], body: Body) {
    const most = typeof body['n_predict'] === 'number' ? Math.max(1, body['n_predict']) : 64;
    const forced = this.#forced(body['grammar']);
    const tokens = forced ? this.#grown(forced, most) : this.model.generate({ text: this.#textOf(prompt), body }, most).tokens;
    const { slot, known } = this.#slots.read(prompt, tokens, typeof body['id_slot'] === 'number' ? body['id_slot'] : -1);
    const { forced: shape = 'raw' } = this.#native;
    const after = body['post_sampling_probs'] === true || (forced && shape === 'after sampling');
    const entries = this.#entries(prompt, tokens, forced ? FORCED[shape] : 1, shape !== 'drafted' || !forced);
    return {
      content: decode(tokens),
      tokens: body['return_tokens'] === true ? tokens.map(({ id }) => id) : [],
      id_slot: slot,
      tokens_evaluated: prompt.length,
      tokens_predicted: tokens.length,
      tokens_cached: prompt.length + tokens.length - 1,
      generation_settings: { n_predict: most },
      timings: { cache_n: known, prompt_n: prompt.length - known, predicted_n: tokens.length },
      ...(Number(body['n_probs'] ?? 0) > 0
        ? { completion_probabilities: after ? entries.map(({ id, token }) => ({ id, token, prob: 1, top_probs: [{ id, token, prob: 1 }] })) : entries }
        : {}),
    };
  }

  /** Tokens that the grammar leaves; null without one. */
  #forced(grammar: unknown): Token[] | null {
    if (grammar === undefined || this.#native.grammar === 'ignored') return null;
    if (typeof grammar !== 'string' || !GRAMMAR.test(grammar)) throw new Refusal(400, 'invalid_request_error', 'failed to parse grammar');
    const tokens = this.fromIds([...grammar.matchAll(/\d+/g)].map(Number));
    // a part of a character is refused by every grammar, although it is named
    if (tokens.some((token) => shown(token).includes('\uFFFD'))) throw new Refusal(500, 'server_error', 'Unexpected empty grammar stack');
    if (this.#native.grammar !== 'text') return tokens;
    return tokens.flatMap((token) => [...token.bytes].flatMap((byte) => this.tokenizer.encode(String.fromCharCode(byte), false)));
  }

  /** Once a grammar has ended only the end of the turn is left. */
  #grown(forced: readonly Token[], most: number): Token[] {
    return [...forced, ...this.tokenizer.encode(END, false)].slice(0, most);
  }

  #entries(prompt: readonly Token[], tokens: readonly Token[], factor: number, alternatives: boolean) {
    const values = this.model.logprobs([...prompt, ...tokens], prompt.length).slice(prompt.length);
    return tokens.flatMap((token, index) => {
      // what ends inside a character gets no entry
      if (Buffer.concat(tokens.slice(0, index + 1).map(({ bytes }) => bytes)).toString('utf8').endsWith('\uFFFD')) return [];
      const entry = { id: token.id, token: shown(token), bytes: [...token.bytes], logprob: (values[index] ?? 0) * factor };
      return { ...entry, top_logprobs: alternatives ? [entry] : [] };
    });
  }

  #tokens(prompt: string | readonly number[]): Token[] {
    return typeof prompt === 'string' ? this.tokenizer.encode(prompt, true) : this.fromIds(prompt);
  }

  #textOf(prompt: readonly Token[]): string {
    return decode(prompt, true).replace(/^<\|begin\|>/, '');
  }
}

/** `response_fields`: a field inside another one comes under its whole path. */
function picked(item: Record<string, unknown>, fields: readonly string[]): Record<string, unknown> {
  const found = fields.map((path) => [path, path.split('/').reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], item)] as const);
  return Object.fromEntries(found.filter(([, value]) => value !== undefined));
}
