import type { LanguageModel } from './language.ts';
import type { ModelServerOptions } from './options.ts';
import { refuseInvalid } from './responses-rules.ts';
import { renderResponses } from './template.ts';
import { decode, shown, type Token, type Tokenizer } from './tokens.ts';
import type { Top } from './top.ts';

type Body = Record<string, unknown>;

const DEFAULT_TOKENS = 64;

interface Parts {
  options: ModelServerOptions;
  tokenizer: Tokenizer;
  model: LanguageModel;
  top: Top;
  refuse: (text: string) => void;
}

function included(body: Body): boolean {
  return Array.isArray(body['include']) && body['include'].includes('message.output_text.logprobs');
}

/** POST /v1/responses, as strict with what it is sent as OpenAI's is. */
export function respond(body: Body, { options, tokenizer, model, top, refuse }: Parts): object {
  refuseInvalid(body, options.shortestResponse ?? 16);
  const text = renderResponses(body);
  refuse(text);
  const prompt = tokenizer.encode(text, true);
  const most = body['max_output_tokens'];
  const { tokens, cut } = model.generate({ text, body }, typeof most === 'number' ? most : DEFAULT_TOKENS);

  const logprobs = (): object[] => {
    if (!included(body) || options.chatLogprobs === false) return [];
    const temperature = body['temperature'];
    const values = model.logprobs([...prompt, ...tokens], prompt.length).slice(prompt.length);
    const all = top.along(prompt, tokens, body['top_logprobs'], temperature);
    return tokens.map((token: Token, index) => ({
      token: shown(token),
      bytes: [...token.bytes],
      logprob: top.tempered(prompt, tokens.slice(0, index + 1), values[index] ?? 0, temperature),
      top_logprobs: (all[index] ?? []).map((each) => top.shown(each)),
    }));
  };

  const called = options.toolCalls?.(body) ?? [];
  const calls = called.map((call, index) => ({ type: 'function_call', id: `fc_${index}`, call_id: `call_${index}`, status: 'completed', ...call }));
  const said = options.refusals?.(text) === true ? { type: 'refusal', refusal: decode(tokens) } : { type: 'output_text', text: decode(tokens), annotations: [], logprobs: logprobs() };
  const message = { type: 'message', id: 'msg_fake', role: 'assistant', status: cut ? 'incomplete' : 'completed', content: [said] };
  const thoughts = options.thinks === true ? [{ type: 'reasoning', id: 'rs_fake', summary: [] }] : [];
  return {
    id: 'resp_fake',
    object: 'response',
    status: cut ? 'incomplete' : 'completed',
    error: null,
    incomplete_details: cut ? { reason: 'max_output_tokens' } : null,
    output: [...thoughts, ...(calls.length > 0 ? calls : [message])],
    usage: {
      input_tokens: prompt.length,
      input_tokens_details: { cached_tokens: options.cachedTokens ?? 0 },
      output_tokens: tokens.length,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: prompt.length + tokens.length,
    },
  };
}
