import { z } from 'zod';
import { completionFrom } from '../core/completions.ts';
import type { Call, Outcome } from '../core/types.ts';
import { ProblemError } from '../errors.ts';
import type { AskOptions } from '../service/ports.ts';
import { inBatches, type Piece, sendBatch, together } from './batches.ts';
import { malformed, reader } from './http/read.ts';
import { shapeOf } from './shape.ts';
import type { Channel } from './traffic/channel.ts';

/** Fields that ask for another form of reply, or for more than one answer. */
const LEFT_OUT = new Set(['stream', 'stream_options', 'n', 'background']);

const PATHS = { chat: '/chat/completions', completion: '/completions', responses: '/responses' } as const;

const readChoices = reader(z.looseObject({ choices: z.array(z.looseObject({ index: z.int().nonnegative().nullish() })) }));

function generated(reply: unknown): Outcome {
  try {
    return { kind: 'generated', completion: completionFrom(reply) };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    throw malformed('the reply holds no completion');
  }
}

/** The answers to a list of prompts, in its order. */
function answers(reply: object, count: number): Outcome[] {
  if (count === 1) return [generated(reply)];
  const { choices } = readChoices(reply);
  if (choices.length !== count) throw malformed(`the reply has ${choices.length} choices for ${count} prompts`);
  const inOrder = choices.map((choice, place) => ({ place: choice.index ?? place, choice })).sort((a, b) => a.place - b.place);
  return inOrder.map(({ choice }) => generated({ choices: [choice] }));
}

/** Bodies that differ in nothing but a text prompt can be one request. */
function grouped(pieces: readonly Piece<Call>[]): Piece<Call>[][] {
  const groups = Map.groupBy(pieces, ({ input, position }) => {
    const { prompt, ...rest } = input;
    return shapeOf(input) === 'completion' && typeof prompt === 'string' ? JSON.stringify(rest) : position;
  });
  return [...groups.values()];
}

function request(bodies: readonly Call[]) {
  const first = bodies[0] ?? {};
  const body = bodies.length > 1 ? { ...first, prompt: bodies.map((each) => each['prompt']) } : { ...first };
  return { path: PATHS[shapeOf(first) ?? 'chat'], body };
}

export interface Generating {
  channel: Channel;
  maxBatch: number;
  concurrency: number;
  /** Stands in where a call names no model. */
  model: string | undefined;
  /** Whether lists of prompts are taken; only asked when a list would help. */
  lists: (model: string, signal: AbortSignal) => Promise<boolean>;
}

/**
 * Asks every call again, each as it is, except that it is answered whole and once.
 * @throws ProblemError endpoint_refused, or the signal's reason
 */
export async function generate(
  calls: readonly Call[],
  { channel, maxBatch, concurrency, model, lists }: Generating,
  options: AskOptions,
): Promise<void> {
  const pieces: Piece<Call>[] = [];
  calls.forEach((call, position) => {
    const kept = Object.fromEntries(Object.entries(call).filter(([name]) => !LEFT_OUT.has(name)));
    const input = kept['model'] === undefined && model !== undefined ? { ...kept, model } : kept;
    if (shapeOf(input)) pieces.push({ position, input, patience: channel.patience() });
    else
      options.onOutcome(position, { kind: 'failed', reason: 'unsupported: the call has neither messages nor prompt nor input' });
  });
  const ask = { channel, options, request, read: (reply: object, inputs: readonly Call[]) => answers(reply, inputs.length) };
  const batches: Piece<Call>[][] = [];
  for (const group of grouped(pieces)) {
    const cut = inBatches(group, maxBatch, concurrency);
    const named = group[0]?.input['model'];
    const asList = cut.length < group.length && typeof named === 'string' && (await lists(named, options.signal));
    batches.push(...(asList ? cut : group.map((piece) => [piece])));
  }
  await together(options.signal, (signal) => batches.map((batch) => sendBatch(batch, ask, signal)));
}
