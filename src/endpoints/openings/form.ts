import type { Call } from '../../core/types.ts';
import type { Form } from '../again.ts';
import { shapeOf } from '../shape.ts';
import { readOpenings } from './read.ts';

/** Fields that change what a token is drawn from, or how long the answer is. What is wanted is what stands before that. */
const SAMPLING = new Set([
  'max_tokens',
  'max_completion_tokens',
  'min_tokens',
  'top_k',
  'min_p',
  'typical_p',
  'presence_penalty',
  'frequency_penalty',
  'repetition_penalty',
  'logit_bias',
  'seed',
  'stop',
  'best_of',
  'echo',
  'suffix',
  'response_format',
  'structured_outputs',
  'guided_json',
  'guided_regex',
  'guided_choice',
  'guided_grammar',
  'grammar',
]);

/** How a server wants to be asked for alternatives. */
export interface OpeningForm {
  /** Alternatives to ask for. */
  top: number;
  /** How it calls the length of an answer. */
  length: 'max_tokens' | 'max_completion_tokens';
}

/**
 * The body that asks for one token and `top` alternatives of it. At temperature 1 log-probabilities are raw on servers
 * that take them before temperature and on those that take them after it.
 */
export function openingBody(call: Call, { top, length }: OpeningForm): Call {
  const kept = Object.fromEntries(Object.entries(call).filter(([name]) => !SAMPLING.has(name)));
  const raw = { [length]: 1, temperature: 1, top_p: 1 };
  return shapeOf(call) === 'completion' ? { ...kept, ...raw, logprobs: top } : { ...kept, ...raw, logprobs: true, top_logprobs: top };
}

/** Every call for the alternatives of its answer's first token. */
export function forOpenings(form: OpeningForm): Form {
  return {
    body: (call) => openingBody(call, form),
    read: (reply, count) => readOpenings(reply, count, form.top).map((list) => ({ kind: 'opened', top: list })),
  };
}
