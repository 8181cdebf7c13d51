import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { Engine } from '../../../demo/engine.ts';
import { findModelFolder } from '../../../demo/model-files.ts';
import { Tokenizer } from '../../../demo/tokenizer.ts';

export const folder = findModelFolder();
export const tokenizer = new Tokenizer(folder);

export interface Golden {
  prompts: {
    id: string;
    prompt: string;
    prompt_ids: number[];
    answer: string;
    answer_ids: number[];
    steps: { token: number; logprob: number; top5: [number, string, number][] }[];
  }[];
  tokenizer_cases: { text: string; ids: number[] }[];
}

export const golden = JSON.parse(readFileSync(join(folder, 'golden_logits.json'), 'utf8')) as Golden;

export interface HeldOut {
  id: string;
  kind: 'chat' | 'completion';
  messages: { role: string; content: string }[];
  prompt: string;
  sentences: string[];
  question: string;
  answer: string;
  gold_sentences: number[];
  model_answer: string;
  answer_logprob: number;
}

export const heldOut = readFileSync(join(folder, 'eval.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as HeldOut);

/** An engine of its own, with a prefix cache of `cacheBytes`. */
export function engine(cacheBytes: number): Engine {
  return new Engine(folder, tokenizer, cacheBytes);
}

/** Any token ids. */
export function idSequences(maxLength: number): fc.Arbitrary<number[]> {
  return fc.array(fc.nat(tokenizer.vocab - 1), { minLength: 1, maxLength });
}
