import { z } from 'zod';
import { malformed, reader } from '../../http/read.ts';
import { asLogprobs } from '../echo.ts';
import { sameIds } from '../id-lists.ts';
import type { Sequence, SequenceForm, Told } from '../sequences/sequence.ts';
import { bySequences } from '../sequences/way.ts';
import { sglangTokens } from './tokens.ts';

/** [log-probability, id, text or null]; the first that is asked for has none. */
const entry = z.tuple([z.number().nullable(), z.int()]).rest(z.unknown());
const item = z.looseObject({ meta_info: z.looseObject({ input_token_logprobs: z.array(entry).nullish() }) });
const readItems = reader(z.union([z.array(item), item]));

const ROUTE = '/generate';

/** Position of the last token before the answer: the logits there are those of the answer's first token. */
const starts = (sequences: readonly Sequence[]): number[] => sequences.map(({ prompt }) => prompt.length - 1);

/** The answer's entries stand at the end, whatever the server left out before them. */
function told({ meta_info: { input_token_logprobs: entries } }: z.output<typeof item>, { answer }: Sequence): Told {
  if (!entries) return null;
  const own = entries.slice(-answer.length);
  if (!sameIds(own.map(([, id]) => id), answer)) return 'the server weighed other tokens than it was sent';
  return asLogprobs(own.map(([logprob]) => logprob));
}

function generate(most: 0 | 1): SequenceForm {
  return {
    id: `max_new_tokens ${most}`,
    lists: true,
    request(_, sequences, asList) {
      const prompts = sequences.map(({ prompt, answer }) => [...prompt, ...answer]);
      const from = starts(sequences);
      const body = {
        input_ids: asList ? prompts : prompts[0],
        logprob_start_len: asList ? from : from[0],
        sampling_params: { max_new_tokens: most, temperature: 0 },
        return_logprob: true,
        top_logprobs_num: 0,
        return_text_in_logprobs: false,
      };
      return { path: ROUTE, root: true, body, about: sequences.map(({ about }) => about) };
    },
    read(reply, sequences) {
      const read = readItems(reply);
      const items = Array.isArray(read) ? read : [read];
      if (items.length !== sequences.length) throw malformed(`the reply has ${items.length} items for ${sequences.length} prompts`);
      return sequences.map((sequence, index) => told(items[index] as z.output<typeof item>, sequence));
    },
  };
}

/**
 * SGLang's native route: log-probabilities from `logprob_start_len` on, the tokens before it from its radix cache. Its
 * echo would start at 0 and read every prompt whole.
 */
export const byGenerate = bySequences({
  id: 'sglang-generate',
  title: 'token ids, their end weighed by /generate',
  rung: 'suffix_prefill',
  needsEcho: false,
  route: ROUTE,
  source: sglangTokens,
  forms: [generate(0), generate(1)],
  remembers: true,
});
