import { z } from 'zod';
import { reader } from '../../http/read.ts';
import { asLogprobs } from '../echo.ts';
import { sameIds } from '../id-lists.ts';
import { byTokenize } from '../ids.ts';
import type { SequenceForm, Told } from '../sequences/sequence.ts';
import { bySequences } from '../sequences/way.ts';
import { GENERATE } from './route.ts';

const ids = z.array(z.int().nonnegative());

const readReply = reader(
  z.looseObject({
    choices: z
      .array(z.looseObject({ token_ids: ids.nullish(), logprobs: z.looseObject({ content: z.array(z.looseObject({ logprob: z.number().nullish() })) }).nullish() }))
      .min(1),
  }),
);

/**
 * The answer as the tokens that decoding has to follow. A server that does not know the field, or cannot keep to it
 * (speculative decoding), generates what it likes and says so only in its log: the ids that come back are what counts.
 */
const traced: SequenceForm = {
  id: 'trace',
  lists: false,
  request({ model }, [sequence]) {
    const { prompt = [], answer = [], about } = sequence ?? {};
    const sampling = { trace_decode_token_ids: answer, max_tokens: answer.length, min_tokens: answer.length, ignore_eos: true, temperature: 0, logprobs: 0 };
    return { path: GENERATE, root: true, body: { model, token_ids: prompt, sampling_params: sampling }, about };
  },
  read(reply, [sequence]): Told[] {
    const [choice] = readReply(reply).choices;
    const entries = choice?.logprobs?.content;
    if (!sequence || !choice?.token_ids || !entries) return [null];
    if (!sameIds(choice.token_ids, sequence.answer)) return ['the server generated other tokens than were forced'];
    if (entries.length !== sequence.answer.length || entries.some(({ logprob }) => typeof logprob !== 'number')) {
      return ['some forced tokens come without log-probabilities'];
    }
    return [asLogprobs(entries.map(({ logprob }) => logprob))];
  },
};

/** vLLM's replay of a given decode (started with --enable-trace-replay): prompt from the prefix cache, a step per token. */
export const byTrace = bySequences({
  id: 'vllm-trace',
  title: 'the answer forced as a decode trace by /inference/v1/generate',
  rung: 'forced_decoding',
  needsEcho: false,
  route: GENERATE,
  source: byTokenize,
  forms: [traced],
  remembers: true,
});
