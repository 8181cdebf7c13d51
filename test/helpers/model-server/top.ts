import type { LanguageModel } from './language.ts';
import type { ModelServerOptions } from './options.ts';
import { Refusal } from './refusal.ts';
import { shown, type Token, type Tokenizer } from './tokens.ts';

/** A token that an answer may begin with. */
export interface Candidate {
  token: Token;
  logprob: number;
}

/** The alternatives of an answer's first token, and what a temperature makes of log-probabilities. */
export class Top {
  readonly #options: ModelServerOptions;
  readonly #tokenizer: Tokenizer;
  readonly #model: LanguageModel;

  constructor(options: ModelServerOptions, tokenizer: Tokenizer, model: LanguageModel) {
    this.#options = options;
    this.#tokenizer = tokenizer;
    this.#model = model;
  }

  /** What a server that takes log-probabilities after temperature divides by; null: it does not. */
  #temperature(asked: unknown): number | null {
    const { temper = 'raw' } = this.#options;
    if (temper === 'raw') return null;
    if (temper === 'after') return typeof asked === 'number' ? asked : 1;
    return temper;
  }

  #raw(prompt: readonly Token[], next: Token): number {
    return this.#model.logprobs([...prompt, next], prompt.length).at(-1) ?? 0;
  }

  /** log-softmax(values / temperature), what no value speaks of as one token more. */
  #after(values: readonly number[], temperature: number): number[] {
    if (temperature === 0) return values.map((value) => (value === Math.max(...values) ? 0 : -9_999));
    const rest = 1 - values.reduce((sum, value) => sum + Math.exp(value), 0);
    const scaled = values.map((value) => value / temperature);
    const all = rest > 0 ? [...scaled, Math.log(rest) / temperature] : scaled;
    const total = Math.log(all.reduce((sum, value) => sum + Math.exp(value), 0));
    return scaled.map((value) => value - total);
  }

  #candidates(prompt: readonly Token[], first: Token | undefined): Candidate[] {
    const others = (this.#options.alternatives ?? []).flatMap((text) => this.#tokenizer.encode(text, false));
    const tokens = new Map([...(first ? [first] : []), ...others].map((token) => [token.id, token]));
    return [...tokens.values()].map((token) => ({ token, logprob: this.#raw(prompt, token) })).sort((a, b) => b.logprob - a.logprob);
  }

  /** At most `asked` of them, the most probable first. */
  of(prompt: readonly Token[], tokens: readonly Token[], asked: number, temperature: unknown): Candidate[] {
    const { topLogprobs = 0, topLimit = Infinity } = this.#options;
    if (asked > topLimit) throw new Refusal(400, 'invalid_request_error', `at most ${topLimit} alternatives`);
    const all = this.#candidates(prompt, tokens[0]);
    const divisor = this.#temperature(temperature);
    const values = divisor === null ? all.map(({ logprob }) => logprob) : this.#after(all.map(({ logprob }) => logprob), divisor);
    return all.map(({ token }, index) => ({ token, logprob: values[index] ?? 0 })).slice(0, Math.min(asked, topLogprobs));
  }

  /** The same of every token of an answer. */
  along(prompt: readonly Token[], tokens: readonly Token[], asked: unknown, temperature: unknown): Candidate[][] {
    if (typeof asked !== 'number' || (this.#options.topLogprobs ?? 0) === 0) {
      if (typeof asked === 'number') this.of(prompt, tokens, asked, temperature);
      return tokens.map(() => []);
    }
    return tokens.map((_, index) => this.of([...prompt, ...tokens.slice(0, index)], tokens.slice(index), asked, temperature));
  }

  /** The last of these tokens' log-probability as it is reported. */
  tempered(prompt: readonly Token[], tokens: readonly Token[], value: number, temperature: unknown): number {
    const divisor = this.#temperature(temperature);
    if (divisor === null) return value;
    const rivals = tokens.length === 1 ? this.#candidates(prompt, tokens[0]).filter(({ token }) => token.id !== tokens[0]?.id) : [];
    return this.#after([value, ...rivals.map(({ logprob }) => logprob)], divisor)[0] ?? value;
  }

  /** As the chat route shows one. */
  shown({ token, logprob }: Candidate) {
    const { topBytes = true } = this.#options;
    return { token: shown(token), logprob, ...(topBytes ? { bytes: [...token.bytes] } : {}) };
  }
}
