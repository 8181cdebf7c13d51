import { byIds, byKeyedIds } from '../ways/ids.ts';
import { byPrefill } from '../ways/prefill.ts';
import { byText } from '../ways/text.ts';
import { bySuffix } from '../ways/vllm/suffix.ts';
import { byTrace } from '../ways/vllm/trace.ts';
import type { Dialect } from './dialect.ts';

/** vLLM, and servers with its extensions: /tokenize, token-id prompts, prompt_logprobs, and in newer ones /inference/v1/generate. */
export const vllm: Dialect = {
  id: 'vllm',
  title: 'vLLM',
  completion: [bySuffix, byIds, byText, byKeyedIds, byTrace],
  chat: [bySuffix, byIds, byPrefill, byKeyedIds, byTrace],
};
