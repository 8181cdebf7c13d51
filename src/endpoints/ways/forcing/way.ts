import type { Errand } from '../../traffic/channel.ts';
import { Fault } from '../../http/fault.ts';
import { sameIds } from '../id-lists.ts';
import { type Desk, otherAnswer, type Sample, sum, type Trial, type Way } from '../way.ts';
import { itemsOf } from './replies.ts';
import { forcedLogprobs, forcing } from './request.ts';
import { lookAtSlots, type Slots } from './slots.ts';
import { answerTokens, promptIds, SPLIT } from './tokens.ts';
import { ForcingWeigher } from './weigher.ts';

/** What was found out about a server's slots, once for both shapes of call. */
const looked = new WeakMap<Desk, Slots>();

/** A server that does not tell of its slots is one that orders its work itself. */
async function slotsOf(desk: Desk, prompt: readonly number[], errand: Errand): Promise<Slots> {
  const known = looked.get(desk);
  if (known) return known;
  let slots = { count: desk.concurrency, kept: false };
  try {
    slots = await lookAtSlots(desk, prompt, errand);
  } catch (error) {
    if (!(error instanceof Fault) || !error.unwilling) throw error;
  }
  looked.set(desk, slots);
  return slots;
}

/** Each prompt's answer, as a list or one by one. @throws Fault */
async function force(desk: Desk, prompts: readonly (readonly number[])[], answer: readonly number[], about: unknown, errand: Errand) {
  const request = forcing(desk, prompts, answer, null, about);
  const reply = await desk.channel.post(request, (body) => body, errand);
  return itemsOf(reply, prompts.length).map((item) => forcedLogprobs(item, answer));
}

async function tryOn(desk: Desk, sample: Sample, errand: Errand): Promise<Trial | string> {
  const answer = await answerTokens(desk, sample.text, errand);
  const other = await answerTokens(desk, otherAnswer(sample.text), errand);
  if (!answer || !other) return SPLIT;
  const { ids } = answer;
  // when the border to the prompt changes how an answer is cut, ids of the answer alone are not what was generated
  if (ids.length !== sample.logprobs.length || (sample.ids && !sameIds(sample.ids, ids))) {
    return 'the tokenizer cuts the answer otherwise than it was generated';
  }
  const prompt = await promptIds(desk, sample.call, errand);
  const about = [sample.call, sample.text];
  let lists = true;
  let own: readonly (number[] | string)[];
  try {
    own = await force(desk, [prompt, prompt], ids, about, errand);
  } catch (error) {
    if (!(error instanceof Fault) || !error.unwilling) throw error;
    lists = false;
    own = await force(desk, [prompt], ids, about, errand);
  }
  const values = [...own, ...(await force(desk, [prompt], other.ids, about, errand))];
  const why = values.find((value) => typeof value === 'string');
  if (why !== undefined) return why;
  const weigher = new ForcingWeigher(desk, await slotsOf(desk, prompt, errand), lists);
  // of two readings the second one, which the server's cache took part in
  const [read, less] = values.slice(-2) as number[][];
  return { own: read ?? [], other: sum(less ?? []), lists: null, weigher };
}

/** The answer forced upon the server token by token, on llama.cpp's native route, with what it thought of each token. */
export const byForcing: Way = {
  id: 'forcing',
  title: 'the answer forced by a grammar of token ids',
  rung: 'forced_decoding',
  needsEcho: false,
  route: '/completion',
  tryOn,
};
