import type { CallShape } from '../../core/callshape.ts';
import { requestOf } from '../again.ts';
import { Fault } from '../http/fault.ts';
import { probeCall } from '../probe/sample.ts';
import { shapeById } from '../shapes/index.ts';
import type { OpeningForm, Shown } from '../shapes/shape.ts';
import type { Errand } from '../traffic/channel.ts';
import type { Desk, Sample } from '../ways/way.ts';
import { readShown } from './read.ts';

/** Sums of probabilities in single precision. */
const ROUNDING = 1e-3;
/** No raw distribution leaves its second token less. */
const NEVER = -100;
/** As for weighing, per token. */
const TOLERANCE = 0.05;

/** How a server shows the first token. */
export interface Showing {
  form: OpeningForm;
  /** Alternatives that come. */
  seen: number;
  /** Whether they change with the temperature, so that only 1 gives the raw ones. */
  afterTemperature: boolean;
}

/** What else is known of the token that the server itself begins with. */
export interface Known {
  sample: Sample | null;
  /** What it weighs as the first token of a given answer; null where that was not seen. */
  weighed: number | null;
}

function near(a: number, b: number): boolean {
  return Math.abs(a - b) <= Math.max(TOLERANCE, 0.01 * Math.abs(b));
}

/**
 * Whether alternatives may be trusted: probabilities of one distribution, not what is left of it after sampling; and
 * what the server begins with is as probable as when it is weighed.
 * @returns whether they are taken after temperature, or what is wrong
 */
export function judged(list: readonly Shown[], { sample, weighed }: Known): boolean | string {
  const total = list.reduce((sum, { logprob }) => sum + Math.exp(logprob), 0);
  if (total > 1 + ROUNDING) return `probabilities of the first token add up to ${total.toFixed(3)}`;
  const [top, ...others] = list;
  if (top?.logprob === 0 && others.every(({ logprob }) => logprob <= NEVER)) return 'log-probabilities of the first token are those after sampling';
  if (!sample) return false;
  const own = list.find(({ token }) => token === sample.firstToken)?.logprob;
  if (own === undefined) return 'the token that was generated is not among its alternatives';
  if (weighed !== null && !near(own, weighed)) {
    return `the first token has ${own.toFixed(2)} nats when it is generated and ${weighed.toFixed(2)} when it is weighed`;
  }
  // the sample was drawn at temperature 0, which leaves the likeliest token alone
  const cold = sample.logprobs[0] ?? own;
  if (near(own, cold)) return false;
  return cold > own || `the first token has ${own.toFixed(2)} nats at temperature 1 and ${cold.toFixed(2)} at 0`;
}

/** @returns how the server shows the first token of answers to this shape of call, or why that is of no use. @throws Fault */
export async function probeOpening(desk: Desk, id: CallShape, known: Known, errand: Errand): Promise<Showing | string> {
  const shape = shapeById(id);
  let why = '';
  for (const form of shape.opening.forms) {
    try {
      const request = requestOf(shape, [shape.opening.body(shape.asked(probeCall(id, desk.model)), form)]);
      // read after the request has ended: what does not come is not asked for again
      const reply = await desk.channel.post(request, (body) => body, errand);
      const list = readShown(shape.opening.read(reply, 1), form.top)[0] ?? [];
      const found = judged(list, known);
      return typeof found === 'string' ? found : { form, seen: list.length, afterTemperature: found };
    } catch (error) {
      if (!(error instanceof Fault) || !error.unwilling) throw error;
      why = error.reason;
      if (!error.refusesRequest) break;
    }
  }
  return why;
}
