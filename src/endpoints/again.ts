import type { Call, Outcome } from '../core/types.ts';
import type { AskOptions } from '../service/ports.ts';
import { inBatches, type Piece, sendBatch, together } from './batches.ts';
import { shapeOf } from './shape.ts';
import type { Channel } from './traffic/channel.ts';

/** Fields that ask for another form of reply, or for more than one answer. */
const LEFT_OUT = new Set(['stream', 'stream_options', 'n', 'background']);

const PATHS = { chat: '/chat/completions', completion: '/completions', responses: '/responses' } as const;

/** Bodies that differ in nothing but a text prompt can be one request. */
function grouped(pieces: readonly Piece<Call>[]): Piece<Call>[][] {
  const groups = Map.groupBy(pieces, ({ input, position }) => {
    const { prompt, ...rest } = input;
    return shapeOf(input) === 'completion' && typeof prompt === 'string' ? JSON.stringify(rest) : position;
  });
  return [...groups.values()];
}

/** One request for bodies that can be one; also how a single body is sent. */
export function requestOf(bodies: readonly Call[]) {
  const first = bodies[0] ?? {};
  const body = bodies.length > 1 ? { ...first, prompt: bodies.map((each) => each['prompt']) } : { ...first };
  return { path: PATHS[shapeOf(first) ?? 'chat'], body };
}

/** What is wanted of calls that are asked again. */
export interface Form {
  /** What is sent for a call, which has a model and none of the fields that would change the form of the reply. */
  body(call: Call): Call;
  /** One outcome per prompt, in order. @throws Fault malformed */
  read(reply: object, count: number): Outcome[];
}

export interface Asking {
  channel: Channel;
  maxBatch: number;
  concurrency: number;
  /** Stands in where a call names no model. */
  model: string | undefined;
  /** Whether lists of prompts are taken; only asked when a list would help. */
  lists: (model: string, signal: AbortSignal) => Promise<boolean>;
}

/**
 * Asks every call again, whole and once.
 * @throws ProblemError endpoint_refused, or the signal's reason
 */
export async function askAgain(
  calls: readonly Call[],
  form: Form,
  { channel, maxBatch, concurrency, model, lists }: Asking,
  options: AskOptions,
): Promise<void> {
  const pieces: Piece<Call>[] = [];
  calls.forEach((call, position) => {
    const kept = Object.fromEntries(Object.entries(call).filter(([name]) => !LEFT_OUT.has(name)));
    const input = form.body(kept['model'] === undefined && model !== undefined ? { ...kept, model } : kept);
    if (shapeOf(input)) pieces.push({ position, input, patience: channel.patience() });
    else
      options.onOutcome(position, { kind: 'failed', reason: 'unsupported: the call has neither messages nor prompt nor input' });
  });
  const read = (reply: object, inputs: readonly Call[]) => form.read(reply, inputs.length);
  const ask = { channel, options, request: requestOf, read };
  const batches: Piece<Call>[][] = [];
  for (const group of grouped(pieces)) {
    const cut = inBatches(group, maxBatch, concurrency);
    const named = group[0]?.input['model'];
    const asList = cut.length < group.length && typeof named === 'string' && (await lists(named, options.signal));
    batches.push(...(asList ? cut : group.map((piece) => [piece])));
  }
  await together(options.signal, (signal) => batches.map((batch) => sendBatch(batch, ask, signal)));
}

/** The choices of a reply in the order of the prompts. @returns null when there is not one for each */
export function inOrder<T extends { index?: number | null | undefined }>(choices: readonly T[], prompts: number): T[] | null {
  if (choices.length !== prompts) return null;
  const placed = choices.map((choice, place) => ({ place: choice.index ?? place, choice }));
  return placed.sort((a, b) => a.place - b.place).map(({ choice }) => choice);
}
