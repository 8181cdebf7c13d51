import { Routes } from './completions.ts';
import { withoutDetails } from './usage.ts';
import type { ModelServerOptions } from './options.ts';

type Body = Record<string, unknown>;

/** Fields of other servers, which OpenAI's refuses. */
const UNKNOWN = ['return_token_ids', 'return_prompt_token_ids', 'prompt_logprobs', 'continue_final_message', 'add_generation_prompt'];
/** Alternatives of completions at most. */
const MOST = 5;

/** OpenAI's hosted server. */
export class OpenAiRoutes extends Routes {
  constructor(options: ModelServerOptions) {
    super({ unknownFields: UNKNOWN, topLimit: 20, ...options, echo: 'off', tokenize: false, tokenIds: false, promptLogprobs: false });
  }

  override refused({ message, code, status }: Parameters<Routes['refused']>[0]): object {
    return { error: { message, type: status === 400 ? 'invalid_request_error' : 'server_error', param: null, code } };
  }

  override completions(body: Body): object {
    const { logprobs } = body;
    return withoutDetails(super.completions(typeof logprobs === 'number' && logprobs > MOST ? { ...body, logprobs: MOST } : body));
  }
}
