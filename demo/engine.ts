import type { Job, JobResult, Scores } from './jobs.ts';
import { PrefixCache } from './prefix-cache.ts';
import { findStop, pick, uniform } from './sampling.ts';
import { emptyScores, firstScores, score } from './scores.ts';
import { Sequence, sharedPrefix } from './sequence.ts';
import type { Tokenizer } from './tokenizer.ts';
import { Transformer } from './transformer.ts';

/** Positions whose logits are computed together. */
const LOGIT_ROWS = 32;

/** Does one job after the other on one sequence, and remembers what it has computed. */
export class Engine {
  readonly #model: Transformer;
  readonly #tokenizer: Tokenizer;
  readonly #cache: PrefixCache;
  readonly #sequence: Sequence;
  readonly #rows: Float32Array;
  readonly #logits: Float32Array;

  /** @param cacheBytes memory of the prefix cache; 0 = every prompt is computed in full */
  constructor(folder: string, tokenizer: Tokenizer, cacheBytes: number) {
    this.#model = new Transformer(folder);
    const { config } = this.#model;
    this.#tokenizer = tokenizer;
    this.#cache = new PrefixCache(config, cacheBytes);
    this.#sequence = new Sequence(config, config.context);
    this.#rows = new Float32Array(LOGIT_ROWS * config.width);
    this.#logits = new Float32Array(LOGIT_ROWS * this.#model.logitStride);
  }

  /**
   * Reads the prompt, scores it where asked, then generates.
   * @throws RangeError when prompt and answer do not fit the context, or the prompt is empty
   */
  run(job: Job): JobResult {
    if (job.ids.length === 0) throw new RangeError('The prompt is empty');
    const cached = this.#resume(job.ids);
    if (cached < job.ids.length) this.#model.append(this.#sequence, job.ids.subarray(cached));
    const prompt = job.promptTop === null ? null : this.#scorePrompt(job.promptTop);
    const embedding = job.embed ? this.#embedding() : null;
    const generated = this.#generate(job);
    const learnt = prompt !== null || this.#sequence.length > cached;
    if (this.#cache.enabled && learnt) this.#cache.keep(this.#sequence);
    return { cached, prompt, embedding, ...generated };
  }

  /** Brings the sequence to the longest prefix of `ids` that is known, and gives its length. */
  #resume(ids: Int32Array): number {
    const sequence = this.#sequence;
    let length = 0;
    if (this.#cache.enabled) {
      length = sharedPrefix(sequence.ids, sequence.length, ids, ids.length);
      const best = this.#cache.longest(ids);
      if (best !== null && best.length > length) {
        sequence.copyFrom(best.sequence, best.length);
        return best.length;
      }
    }
    sequence.truncate(length);
    return length;
  }

  /** Scores of tokens 1 … length − 1. What an earlier job found out about the same prefix is not computed again. */
  #scorePrompt(top: number): Scores {
    const { nextLogprob, nextRank, ids, length } = this.#sequence;
    const scores = emptyScores(length - 1, top);
    const open: number[] = [];
    for (let i = 0; i < length - 1; i++) {
      if (top > 0 || nextRank[i] === 0) open.push(i);
      else {
        scores.logprobs[i] = nextLogprob[i]!;
        scores.ranks[i] = nextRank[i]!;
      }
    }
    for (let from = 0; from < open.length; from += LOGIT_ROWS) {
      const positions = open.slice(from, from + LOGIT_ROWS);
      this.#fillLogits(positions);
      for (const [row, i] of positions.entries()) {
        score(this.#logits, row * this.#model.logitStride, this.#model.config.vocab, ids[i + 1]!, scores, i);
        nextLogprob[i] = scores.logprobs[i]!;
        nextRank[i] = scores.ranks[i]!;
      }
    }
    return scores;
  }

  #fillLogits(positions: readonly number[]): void {
    const { width } = this.#model.config;
    for (const [row, i] of positions.entries()) {
      this.#rows.set(this.#sequence.hidden.subarray(i * width, (i + 1) * width), row * width);
    }
    this.#model.logits(this.#rows, positions.length, this.#logits);
  }

  #generate(job: Job): Pick<JobResult, 'ids' | 'scores' | 'finish' | 'ended' | 'cut'> {
    const { vocab, endId, context } = this.#model.config;
    const ids: number[] = [];
    const most = Math.min(job.maxTokens, context - job.ids.length);
    const scores = emptyScores(most, job.top);
    const give = (finish: 'stop' | 'length', ended: boolean, cut: number | null) => ({
      ids: Int32Array.from(ids), scores: firstScores(scores, ids.length), finish, ended, cut,
    });
    while (ids.length < most) {
      this.#fillLogits([this.#sequence.length - 1]);
      const id = pick(this.#logits, vocab, job, uniform(job.seed, job.choice, ids.length));
      score(this.#logits, 0, vocab, id, scores, ids.length);
      ids.push(id);
      if (id === endId && !job.ignoreEnd) return give('stop', true, null);
      const cut = job.stop.length === 0 ? null : findStop(this.#tokenizer.decode(ids), job.stop);
      if (cut !== null) return give('stop', false, cut);
      if (ids.length < most) this.#model.append(this.#sequence, [id]);
    }
    return give('length', false, null);
  }

  /** Mean of the hidden states, the first token left out where there are others, scaled to length 1. */
  #embedding(): Float32Array {
    const { width } = this.#model.config;
    const { hidden, length } = this.#sequence;
    const sum = new Float64Array(width);
    for (let at = length > 1 ? width : 0; at < length * width; at++) sum[at % width]! += hidden[at]!;
    const norm = Math.hypot(...sum);
    return Float32Array.from(sum, (value) => value / norm);
  }
}
