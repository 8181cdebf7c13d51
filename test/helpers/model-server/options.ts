import type { IncomingHttpHeaders } from 'node:http';
import type { AnswerFunction, LogprobFunction } from './language.ts';
import type { Pieces, Spelling } from './tokens.ts';

/** One request as it came. */
export interface Recorded {
  path: string;
  headers: IncomingHttpHeaders;
  body: Record<string, unknown>;
  /** Prompts in it that are evaluated: 0 for /tokenize, ten for a list of ten. */
  evaluations: number;
}

/** What a server like llama.cpp's does otherwise than the real one with its default settings. */
export interface NativeOptions {
  /**
   * Log-probabilities of what a grammar forces. `raw`: of the model itself; `zeroed`, `masked`: of what the grammar left
   * over, 0 or hardly below it; `skewed`: a quarter more than generating freely gives; `drafted`: 0 and without
   * alternatives, as speculative decoding leaves them; `after sampling`: probabilities under other names. Default `raw`.
   */
  forced?: 'raw' | 'zeroed' | 'masked' | 'skewed' | 'drafted' | 'after sampling';
  /** `ignored`: generates freely. `text`: cuts the forced text its own way, one byte a token. Default `ids`. */
  grammar?: 'ids' | 'ignored' | 'text';
  /** Sequences worked on at once. Default 4. */
  slots?: number;
  /** One memory for all slots: idle ones are emptied when a task starts. */
  unified?: boolean;
  /** Lists of prompts on /completion. Default true; false: 400. */
  lists?: boolean;
  /** Routes that do not exist. */
  missing?: readonly ('/completion' | '/tokenize' | '/apply-template' | '/props')[];
}

/** What becomes of log-probabilities: as they are, all 0, hardly below it, or a quarter more than generating gives. */
type Weighed = 'raw' | 'zeroed' | 'masked' | 'skewed';

/** What newer releases of vLLM have beside the default fake. */
export interface VllmOptions {
  /** Scores of given prompt tokens; `ignored`: the field is not known, and the reply has none. Default `raw`. */
  scores?: Weighed | 'ignored';
  /** Replay of a given decode; `ignored`: generates freely, as under speculative decoding. Default `raw`. */
  trace?: Weighed | 'ignored';
}

/** What a server like SGLang does otherwise than the real one with its default settings. */
export interface SglangOptions {
  weighing?: Weighed;
  /** Lists of prompts with a start for each on /generate. Default true; false: 400. */
  lists?: boolean;
  /** `max_new_tokens: 0`. Default true; false: 400. */
  zero?: boolean;
  /** `return_prompt_token_ids` on the chat route. Default true; false: ignored, as before 0.5.13. */
  chatIds?: boolean;
}

/** What a server like TGI does otherwise than the real one that was started with REQUEST_LOGPROBS. */
export interface TgiOptions {
  /** `off`: as it comes. */
  prefill?: Weighed | 'off';
  /** The chat template begins with the begin-of-text token, which /generate puts in front all the same. */
  templateBegins?: boolean;
}

/** What a server like Ollama does otherwise than the real one. */
export interface OllamaOptions {
  /** A draft model is at work. */
  drafts?: boolean;
  /** Its own /api/generate. Default true. */
  native?: boolean;
}

/** How a request goes wrong. */
export type Failure =
  | { kind: 'status'; status: number; headers?: Record<string, string>; body?: unknown }
  /** 200 with a page instead of JSON. */
  | { kind: 'html' }
  /** 200 with JSON that breaks off. */
  | { kind: 'broken-json' }
  /** Never answers. */
  | { kind: 'hang' }
  /** Closes the connection without a word. */
  | { kind: 'reset' };

export interface ModelServerOptions {
  /**
   * The server is like llama.cpp's: `echo`, `return_token_ids` and `prompt_logprobs` are taken and ignored, log-probabilities
   * have chat's shape everywhere and ids with them, and beside /v1 lie /completion, /tokenize, /detokenize,
   * /apply-template and /props in its own form. Default: not.
   */
  native?: NativeOptions;
  /** The server is like a newer vLLM's: the default fake with /inference/v1/generate. */
  vllm?: VllmOptions;
  /** The server is like SGLang's. */
  sglang?: SglangOptions;
  /** The server is like TGI's. */
  tgi?: TgiOptions;
  /** The server is like Ollama's. */
  ollama?: OllamaOptions;
  /** The server is like OpenAI's: no ids, no prompt log-probabilities, no /tokenize, no echo, and no field that it does not know. */
  openai?: object;
  /**
   * The answer to a prompt. Must depend on nothing but `asked.text` when answers are to be weighed. For /completions it
   * should begin with a space, as answers to "…:" do. Default: `Vilnius is the answer.`, with a space before it there.
   */
  answer?: AnswerFunction;
  /** Tool calls that take the answer's place on /chat/completions and /responses. */
  toolCalls?: (body: Record<string, unknown>) => { name: string; arguments: string }[];
  /**
   * log P(token | context) where the test wants exact numbers; undefined leaves it to the fake. The token holds the
   * whitespace before it (" Paris"), the context is everything before it as `asked.text` shows it. Keep values above
   * −28 per token, or the fake's own numbers for wrong answers are higher and probing finds no likelihood.
   */
  logprob?: LogprobFunction;
  /**
   * `echo` on /completions. `on`; `off`: 400 as OpenAI answers; `ignored`: 200 without it, as llama.cpp; `zeroed` and
   * `masked`: log-probabilities of the prompt are 0, or hardly below it; `skewed`: a quarter more than generating gives;
   * `unprimed`: the first token has one too, as if something unseen stood before it.
   */
  echo?: 'on' | 'off' | 'ignored' | 'zeroed' | 'masked' | 'skewed' | 'unprimed';
  /** /tokenize and /detokenize beside /v1. Default true. */
  tokenize?: boolean;
  /** Whether /tokenize renders `tools` as the chat route does. Default true. */
  tokenizeTools?: boolean;
  /** How /tokenize writes tokens; `none`: it leaves them out. Default `byte-level`. */
  pieces?: Pieces;
  /** `bytes`: words that are not ASCII are spelled one token per byte. Default `words`. */
  spelling?: Spelling;
  /** Lists of prompts: taken, refused with 400, or all but the first prompt ignored. Default true. */
  lists?: boolean | 'ignored';
  /** Longest list of prompts that is not refused. */
  maxList?: number;
  /** `max_tokens: 0` and `logprobs: 0`. Default true; false: 400. */
  zeros?: boolean;
  /** `return_token_ids` gives ids (and empties the echoed text, as vLLM does). Default true; false: ignored. */
  tokenIds?: boolean;
  /** Token-id prompts are weighed as other ids, which the reply shows. */
  altersIds?: boolean;
  /** `prompt_logprobs` with `continue_final_message` on /chat/completions. Default true; false: 400. */
  promptLogprobs?: boolean;
  /** `prompt_logprobs` on /completions. Left out: the field is ignored. */
  keyed?: Weighed;
  /** Whether the chat template trims an open assistant message, as some do. */
  trimAnswers?: boolean;
  /** Token log-probabilities of chat answers. Default true; false: null, as many vendors. */
  chatLogprobs?: boolean;
  /** Alternatives of each answer's first token that are given at most. Default 0. */
  topLogprobs?: number;
  /** Asked for more alternatives than this: 400. */
  topLimit?: number;
  /** Tokens that are alternatives beside what is generated, as far as `logprob` or the fake finds them likely. */
  alternatives?: readonly string[];
  /** Whether alternatives come with their bytes on the chat route. Default true. */
  topBytes?: boolean;
  /**
   * Log-probabilities of what is generated: `raw`; `after`: taken after the request's temperature, so at 0 nothing but the
   * likeliest is left; a number: taken after this temperature, whatever the request says. Default `raw`.
   */
  temper?: 'raw' | 'after' | number;
  /** Fields of /chat/completions that are refused with 400, as OpenAI does with those that it or the model does not know. */
  unknownFields?: readonly string[];
  /** The fewest `max_output_tokens` that /responses takes. Default 16, as OpenAI's. */
  shortestResponse?: number;
  /** Whether the answer on /responses to a prompt is a refusal. Default: never. */
  refusals?: (text: string) => boolean;
  /** Whether /responses shows a thought before each answer. */
  thinks?: boolean;
  /** Offsets of echoed tokens. `none`: left out; `true`: where tokens really are; default as vLLM counts them. */
  offsets?: 'vllm' | 'true' | 'none';
  /** Routes that do not exist. */
  missing?: readonly ('/v1/completions' | '/v1/chat/completions' | '/v1/responses')[];
  /** Further routes by path, such as /v1/embeddings and /predict: from body to reply. */
  routes?: Readonly<Record<string, (body: Record<string, unknown>) => object>>;
  /** Prompts that are refused with 400; in a list the whole list is, as every server does. */
  refuse?: (text: string) => boolean;
  /** Other model names get 404. */
  models?: readonly string[];
  /** Other bearer keys get 401. */
  apiKey?: string;
  /** Milliseconds before each reply. */
  latencyMs?: number;
  /** Awaited before each reply: a test that needs requests to meet makes them wait here. */
  hold?: (request: Recorded) => Promise<void>;
  /** Failures by request; `index` counts the requests before it. undefined: it goes well. */
  fail?: (request: Recorded, index: number) => Failure | undefined;
  /** The last word on every reply that went well. */
  tamper?: (reply: object) => object;
  /** cached_tokens per prompt in usage. */
  cachedTokens?: number;
}
