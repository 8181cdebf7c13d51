import { alternativesIn, answersIn, spokenIn } from './choices.ts';
import { SAMPLING, type Shape, without } from './shape.ts';

/** An echoed prompt would pass for a part of the answer. */
const LEFT_OUT = new Set(['stream', 'stream_options', 'n', 'echo']);

const RAW = new Set([...SAMPLING, 'max_tokens', 'max_completion_tokens', 'response_format', 'best_of', 'suffix']);

/** POST /completions, the one route that takes lists. */
export const completion: Shape = {
  id: 'completion',
  name: 'completions',
  path: '/completions',
  asked: (call) => without(call, LEFT_OUT),
  lists: {
    key: ({ prompt, ...rest }) => (typeof prompt === 'string' ? JSON.stringify(rest) : null),
    body: (calls) => ({ ...calls[0], prompt: calls.map((call) => call['prompt']) }),
  },
  answers: answersIn,
  opening: {
    forms: [
      { top: 20, length: 'max_tokens', tokens: 1 },
      { top: 5, length: 'max_tokens', tokens: 1 },
      { top: 1, length: 'max_tokens', tokens: 1 },
    ],
    body: (call, { top, length, tokens }) => ({ ...without(call, RAW), [length]: tokens, temperature: 1, top_p: 1, logprobs: top }),
    read: alternativesIn,
    spoken: spokenIn,
  },
};
