import { z } from 'zod';
import { reader } from '../../http/read.ts';
import { asLogprobs } from '../echo.ts';
import { byTokenize } from '../ids.ts';
import type { SequenceForm, Told } from '../sequences/sequence.ts';
import { bySequences } from '../sequences/way.ts';
import { matrixOf } from './npy.ts';
import { GENERATE } from './route.ts';

const readScores = reader(z.looseObject({ prompt_token_id_logprobs: z.string().nullish() }));

/** null for a number that no log-probability is: JSON has no infinity, an array of floats does. */
const finite = (value: number | undefined): number | null => (value === Number.NEGATIVE_INFINITY ? -Number.MAX_VALUE : (value ?? null));

function scored(id: string, fields: Record<string, unknown>, otherwise?: SequenceForm): SequenceForm {
  return {
    id,
    lists: false,
    request({ model }, [sequence]) {
      const { prompt = [], answer = [], about } = sequence ?? {};
      const sampling = { max_tokens: 1, temperature: 0, prompt_logprob_start: prompt.length - 1, prompt_logprob_token_ids: answer.map((token) => [token]), ...fields };
      return { path: GENERATE, root: true, body: { model, token_ids: [...prompt, ...answer], sampling_params: sampling }, about };
    },
    read(reply, [sequence]): Told[] {
      const { prompt_token_id_logprobs: array } = readScores(reply);
      if (typeof array !== 'string') return [null];
      const rows = matrixOf(array);
      if (rows.length !== sequence?.answer.length) return ['another number of tokens was weighed than was sent'];
      return [asLogprobs(rows.map((row) => finite(row[0])))];
    },
    ...(otherwise ? { otherwise } : {}),
  };
}

/** Reads the whole prompt anew, as the server does by itself. */
const uncached = scored('uncached', {});

/**
 * Lets the prompt's beginning come from the prefix cache. Where the server knows more than that, down into the answer,
 * it has nothing to show for it and says null: then the same is asked without.
 */
const cached = scored('cached', { skip_reading_prefix_cache: false }, uncached);

/** vLLM's scores of given tokens at the end of a prompt, its beginning read from the prefix cache. */
export const bySuffix = bySequences({
  id: 'vllm-suffix',
  title: 'token ids from /tokenize, their end scored by /inference/v1/generate',
  rung: 'suffix_prefill',
  needsEcho: false,
  route: GENERATE,
  source: byTokenize,
  forms: [cached, uncached],
  remembers: true,
});
