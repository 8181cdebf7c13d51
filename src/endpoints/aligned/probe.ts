import type { CallShape } from '../../core/callshape.ts';
import { requestOf } from '../again.ts';
import { Fault } from '../http/fault.ts';
import { judged, type Showing } from '../openings/probe.ts';
import { probeCall, TOKENS } from '../probe/sample.ts';
import { shapeById } from '../shapes/index.ts';
import type { Errand } from '../traffic/channel.ts';
import type { Desk } from '../ways/way.ts';
import { decoding } from './walk.ts';
import { AlignedWeigher, checked, greedyBody } from './weigher.ts';

/** Rounding may bring two tokens into another order. */
const CLOSE = 1e-3;

/** With fewer alternatives nothing is seen of the given token where answers part. */
const LEAST = 2;

/**
 * Whether the alternatives of every token can be trusted, not only the first one's: each token has some, is the likeliest
 * of them with the value that stands beside it, and none of them is what sampling left.
 * @returns who weighs by them, or what is wrong
 * @throws Fault
 */
export async function probeAligned(desk: Desk, id: CallShape, { form, seen, afterTemperature }: Showing, errand: Errand): Promise<AlignedWeigher | string> {
  if (afterTemperature) return 'log-probabilities are taken after temperature, and greedy answers have none';
  if (seen < LEAST) return 'too few alternatives are shown';
  const shape = shapeById(id);
  try {
    const body = greedyBody(shape.asked(probeCall(id, desk.model)), shape, form, TOKENS);
    const reply = await desk.channel.post(requestOf(shape, [body]), (read) => read, errand);
    const spoken = checked(shape.opening.spoken(reply, 1)[0] ?? []);
    if (spoken.length === 0) return 'generated tokens come without log-probabilities';
    const bytesOf = decoding(spoken);
    for (const token of spoken) {
      if (token.top.length === 0) return 'some tokens come without alternatives: the server decodes speculatively';
      const doubt = judged(token.top, { sample: null, weighed: null });
      if (typeof doubt === 'string') return doubt;
      const own = token.top.find((each) => each.token === token.token);
      if (!own || Math.abs(own.logprob - token.logprob) > CLOSE) return 'a token is not among its alternatives as it was generated';
      if (token.top.some(({ logprob }) => logprob > token.logprob + CLOSE)) return 'a token is not the likeliest one although the temperature is 0';
      if (bytesOf(token) === null) return 'tokens do not tell their bytes';
    }
    return new AlignedWeigher(desk, form);
  } catch (error) {
    if (error instanceof Fault && error.unwilling) return error.reason;
    throw error;
  }
}
