import type { Price, Usage } from './ports.ts';

/** Four characters a token: what is assumed of a text until the endpoint has said otherwise. */
const CHARACTERS_PER_TOKEN = 4;

/** Replies after which prompts are told by their characters alone. */
const FEW = 3;

/** What is asked of one model: prompts and answers of models differ in size and price, so each has its own guess. */
export class Lane {
  readonly price: Price | null;
  /** Expected of an answer, in tokens; 0 until it is told. */
  answerTokens: number;
  #reservedCharacters = 0;
  #charactersSeen = 0;
  #reservedAnswers = 0;
  #answersSeen = 0;
  #promptTokens = 0;
  #completionTokens = 0;
  /** How often it was seen what known questions took. */
  #seen = 0;
  /** The most that was seen: tokens for each character, and of a prompt and an answer. */
  #densest = 0;
  #longest = 0;
  #longestAnswer = 0;

  constructor(price: Price | null, answerTokens = 0) {
    this.price = price;
    this.answerTokens = answerTokens;
  }

  /** Prompt tokens and dollars of what is in flight, and of so many more evaluations and characters. */
  expected(evaluations: number, characters: number): { promptTokens: number; costUsd: number } {
    const mean = this.#charactersSeen > 0 && this.#promptTokens > 0 ? this.#promptTokens / this.#charactersSeen : 1 / CHARACTERS_PER_TOKEN;
    const count = this.#reservedAnswers + evaluations;
    const byCharacters = (this.#reservedCharacters + characters) * (this.#densest || mean);
    // what a template adds weighs more in a short prompt than in a long one: that has to be seen first
    const promptTokens = this.#seen < FEW ? Math.max(byCharacters, count * this.#longest) : byCharacters;
    const seen = this.#longestAnswer || (this.#answersSeen > 0 ? this.#completionTokens / this.#answersSeen : 0);
    // as stated, or as seen where that is more
    const answers = count * Math.max(this.answerTokens, seen);
    const { promptPerMillion, completionPerMillion } = this.price ?? { promptPerMillion: 0, completionPerMillion: 0 };
    return { promptTokens, costUsd: (promptTokens * promptPerMillion + answers * completionPerMillion) / 1e6 };
  }

  reserve(evaluations: number, characters: number): void {
    this.#reservedCharacters += characters;
    this.#reservedAnswers += evaluations;
  }

  /** Takes back one that was never sent. */
  release(characters: number): void {
    this.#reservedCharacters -= characters;
    this.#reservedAnswers -= 1;
  }

  settle(characters: number): void {
    this.#reservedCharacters -= characters;
    this.#charactersSeen += characters;
    this.#reservedAnswers -= 1;
    this.#answersSeen += 1;
  }

  /** Whether it was seen what questions take. */
  get gauged(): boolean {
    return this.#seen > 0;
  }

  /** @param sizes characters of the questions that it was for; [] where that is not known */
  add({ promptTokens, completionTokens }: Usage, sizes: readonly number[] = []): void {
    this.#promptTokens += promptTokens;
    this.#completionTokens += completionTokens;
    const characters = sizes.reduce((sum, size) => sum + size, 0);
    if (characters === 0 || promptTokens === 0) return;
    this.#seen += 1;
    this.#densest = Math.max(this.#densest, promptTokens / characters);
    this.#longest = Math.max(this.#longest, promptTokens / sizes.length);
    this.#longestAnswer = Math.max(this.#longestAnswer, completionTokens / sizes.length);
  }
}
