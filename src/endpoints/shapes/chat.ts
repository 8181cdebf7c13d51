import { alternativesIn, answersIn, spokenIn } from './choices.ts';
import { SAMPLING, type Shape, without } from './shape.ts';

const LEFT_OUT = new Set(['stream', 'stream_options', 'n']);
/** Answers are kept by the server only where `store` says so, and OpenAI takes `metadata` only with it. */
const KEEPING = new Set(['store', 'metadata']);

const RAW = new Set([...SAMPLING, 'max_tokens', 'max_completion_tokens', 'response_format']);

/** POST /chat/completions. */
export const chat: Shape = {
  id: 'chat',
  name: 'chat',
  path: '/chat/completions',
  asked: (call) => without(call['store'] === true ? without(call, KEEPING) : call, LEFT_OUT),
  lists: null,
  answers: answersIn,
  opening: {
    // OpenAI's limit, then that of TGI, then what almost any server has; newer models of OpenAI's want the newer name
    forms: [
      { top: 20, length: 'max_tokens', tokens: 1 },
      { top: 20, length: 'max_completion_tokens', tokens: 1 },
      { top: 5, length: 'max_tokens', tokens: 1 },
      { top: 1, length: 'max_tokens', tokens: 1 },
    ],
    body: (call, { top, length, tokens }) => ({ ...without(call, RAW), [length]: tokens, temperature: 1, top_p: 1, logprobs: true, top_logprobs: top }),
    read: alternativesIn,
    spoken: spokenIn,
  },
};
