import type { Price, Usage } from './ports.ts';

/** Four characters a token: what is assumed of a text until the endpoint has said otherwise. */
export const CHARACTERS_PER_TOKEN = 4;

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

  constructor(price: Price | null, answerTokens = 0) {
    this.price = price;
    this.answerTokens = answerTokens;
  }

  /** Prompt tokens and dollars of what is in flight, and of so many more evaluations and characters. */
  expected(evaluations: number, characters: number): { promptTokens: number; costUsd: number } {
    const rate = this.#charactersSeen > 0 && this.#promptTokens > 0 ? this.#promptTokens / this.#charactersSeen : 1 / CHARACTERS_PER_TOKEN;
    const promptTokens = (this.#reservedCharacters + characters) * rate;
    const seen = this.#answersSeen > 0 ? this.#completionTokens / this.#answersSeen : 0;
    // as stated, or as seen where that is more
    const answers = (this.#reservedAnswers + evaluations) * Math.max(this.answerTokens, seen);
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

  add(usage: Usage): void {
    this.#promptTokens += usage.promptTokens;
    this.#completionTokens += usage.completionTokens;
  }
}
