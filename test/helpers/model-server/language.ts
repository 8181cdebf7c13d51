import { decode, END, shown, type Token, type Tokenizer } from './tokens.ts';

/** What an answer function is given. */
export interface Asked {
  /** The prompt as the model sees it: chat messages rendered as `<|user|>text<|end|>`, a completion prompt as it is. */
  text: string;
  /** The request's body; undefined when the model looks at a prompt again to weigh it. */
  body?: Record<string, unknown>;
}

export type AnswerFunction = (asked: Asked) => string;
export type LogprobFunction = (token: string, context: string) => number | undefined;

/** How far back the start of an answer is looked for in a prompt without marks. */
const FARTHEST = 48;

/** Reproducible, uniform on [0, 1). */
function chance(text: string): number {
  let hash = 2_166_136_261;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 16_777_619);
  return (hash >>> 8) / 2 ** 24;
}

/**
 * The fake's language model: log P(token | context). A token that goes on with the answer to what stands before is
 * likely (−0.2 to −0.8 nats), any other is not (−30 to −34), and a planted function may say otherwise. Generating and
 * weighing use the same numbers.
 */
export class LanguageModel {
  readonly #tokenizer: Tokenizer;
  readonly #answer: AnswerFunction;
  readonly #planted: LogprobFunction | undefined;

  constructor(tokenizer: Tokenizer, answer: AnswerFunction, planted: LogprobFunction | undefined) {
    this.#tokenizer = tokenizer;
    this.#answer = answer;
    this.#planted = planted;
  }

  /** The answer's tokens and whether it was cut at `most`. */
  generate(asked: Asked, most: number): { tokens: Token[]; cut: boolean } {
    const whole = this.#tokenizer.encode(this.#answer(asked), false);
    return { tokens: whole.slice(0, most), cut: whole.length > most };
  }

  /** One per token; null for the first of all. `from`: tokens before it are not looked at and get null. */
  logprobs(tokens: readonly Token[], from = 0): (number | null)[] {
    const contexts = new Contexts(tokens);
    const answers = new Map<string, Token[]>();
    return tokens.map((token, index) => (index === 0 || index < from ? null : this.#logprob(token, index, contexts, answers)));
  }

  #logprob(token: Token, index: number, contexts: Contexts, answers: Map<string, Token[]>): number {
    const context = contexts.before(index);
    const planted = this.#planted?.(shown(token), context);
    if (planted !== undefined) return planted;
    const luck = chance(`${context}\u0000${shown(token)}`);
    return this.#expected(index, contexts, answers).has(token.id) ? -0.2 - 0.6 * luck : -30 - 4 * luck;
  }

  /** Ids that go on with the answer to some start of the context; at an open assistant mark, with the answer to it. */
  #expected(index: number, contexts: Contexts, answers: Map<string, Token[]>): Set<number> {
    const marked = contexts.assistantBefore(index);
    const starts = marked >= 0 ? [marked + 1] : Array.from({ length: Math.min(FARTHEST, index) }, (_, back) => index - back);
    const expected = new Set<number>();
    for (const start of starts) {
      const prompt = contexts.before(start);
      let answer = answers.get(prompt);
      if (!answer) {
        answer = [...this.#tokenizer.encode(this.#answer({ text: prompt }), false), ...this.#tokenizer.encode(END, false)];
        answers.set(prompt, answer);
      }
      const said = contexts.tokens.slice(start, index);
      const next = answer[said.length];
      if (next && said.every((token, place) => token.id === answer[place]?.id)) expected.add(next.id);
    }
    return expected;
  }
}

/** What stands before each token of a sequence, as text with marks but without the first one. */
class Contexts {
  readonly tokens: readonly Token[];
  readonly #bytes: Buffer;
  readonly #starts: number[] = [];

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
    const parts = tokens.map((token, index) => (index === 0 && token.id === 0 ? Buffer.alloc(0) : token.bytes));
    this.#bytes = Buffer.concat(parts);
    let at = 0;
    for (const part of parts) {
      this.#starts.push(at);
      at += part.length;
    }
    this.#starts.push(at);
  }

  before(index: number): string {
    return this.#bytes.subarray(0, this.#starts[index]).toString('utf8');
  }

  assistantBefore(index: number): number {
    return this.tokens.slice(0, index).findLastIndex((token) => token.special && decode([token], true) === '<|assistant|>');
  }
}
