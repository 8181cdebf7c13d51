import type { CallShape } from '../../core/callshape.ts';
import type { Call, Outcome } from '../../core/types.ts';

/** One alternative of a token as a reply has it. */
export interface Shown {
  token: string;
  logprob: number;
  bytes?: readonly number[] | null | undefined;
}

/** A generated token with its alternatives, as a reply has them. */
export interface Spoken extends Shown {
  top: readonly Shown[];
}

/** How a server wants to be asked for alternatives of the first token. */
export interface OpeningForm {
  /** Alternatives to ask for. */
  top: number;
  /** How it calls the length of an answer. */
  length: 'max_tokens' | 'max_completion_tokens' | 'max_output_tokens';
  /** The shortest answer that it lets one ask for. */
  tokens: number;
}

/** How calls of one shape are asked, and what their replies say. What a server makes of it is found by the probe. */
export interface Shape {
  id: CallShape;
  /** In words, for notes. */
  name: string;
  path: string;
  /** The call as it is asked again: one whole answer, which the server need not keep. */
  asked(call: Call): Call;
  /** How many calls become one request; null: never. */
  lists: {
    /** Calls with equal keys can; null: this one cannot. */
    key(call: Call): string | null;
    body(calls: readonly Call[]): Call;
  } | null;
  /** One answer for each call of a request, in order. @throws Fault malformed */
  answers(reply: object, count: number): Outcome[];
  opening: {
    /** In the order in which they are tried. */
    forms: readonly OpeningForm[];
    /**
     * The body that asks for the alternatives of the first token. At temperature 1 log-probabilities are raw on servers
     * that take them before temperature and on those that take them after it.
     */
    body(call: Call, form: OpeningForm): Call;
    /** The alternatives for each call of a request, as they stand there; none where there are none. @throws Fault malformed */
    read(reply: object, count: number): Shown[][];
    /** The same of every token that was generated. @throws Fault malformed */
    spoken(reply: object, count: number): Spoken[][];
  };
}

/** The call without some fields; what is left keeps its order. */
export function without(call: Call, fields: ReadonlySet<string>): Call {
  return Object.fromEntries(Object.entries(call).filter(([name]) => !fields.has(name)));
}

/** Fields of any shape that change what a token is drawn from. What is wanted of an opening is what stands before that. */
export const SAMPLING: readonly string[] = [
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
  'structured_outputs',
  'guided_json',
  'guided_regex',
  'guided_choice',
  'guided_grammar',
  'grammar',
];
