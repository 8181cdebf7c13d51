import { byIds } from '../ways/ids.ts';
import { byPrefill } from '../ways/prefill.ts';
import { byText } from '../ways/text.ts';
import type { Dialect } from './dialect.ts';

/** vLLM, and servers with its extensions: /tokenize, token-id prompts, prompt_logprobs. */
export const vllm: Dialect = { id: 'vllm', title: 'vLLM', completion: [byIds, byText], chat: [byIds, byPrefill] };
