import { completionFrom } from '../../core/completions.ts';
import { requestOf } from '../again.ts';
import { shapeById } from '../shapes/index.ts';
import { responsesTokens } from '../shapes/responses.ts';
import type { Errand } from '../traffic/channel.ts';
import { asLogprobs } from '../ways/echo.ts';
import type { Desk, Sample } from '../ways/way.ts';
import { probeCall, WITHOUT_LOGPROBS } from './sample.ts';

/** The fewest alternatives that all servers take, at OpenAI's shortest answer. */
const FORM = { top: 1, length: 'max_output_tokens', tokens: 16 } as const;

/**
 * What /responses generates at temperature 0, with log-probabilities: what it begins with is held against what it shows.
 * @returns a sample, or why there is none
 * @throws Fault
 */
export async function responsesSample({ channel, model }: Desk, errand: Errand): Promise<Sample | string> {
  const shape = shapeById('responses');
  const call = shape.asked(probeCall('responses', model));
  const body = { ...shape.opening.body(call, FORM), temperature: 0 };
  const reply = await channel.post(requestOf(shape, [body]), (read) => read, errand);
  const tokens = responsesTokens(reply);
  if (tokens.length === 0) return WITHOUT_LOGPROBS;
  return { call, text: completionFrom(reply).text, logprobs: asLogprobs(tokens.map(({ logprob }) => logprob)), firstToken: tokens[0]?.token ?? '', ids: null, promptIds: null };
}
