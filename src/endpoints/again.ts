import type { Call, Outcome } from '../core/types.ts';
import type { AskOptions } from '../service/ports.ts';
import { inBatches, type Piece, sendBatch, together } from './batches.ts';
import { shapeFor } from './shapes/index.ts';
import type { Shape } from './shapes/shape.ts';
import type { Channel } from './traffic/channel.ts';

/** What is wanted of calls that are asked again. */
export interface Form {
  /** What is sent for a call, which has a model and none of the fields that would change the form of the reply. */
  body(call: Call, shape: Shape): Call;
  /** One outcome per call, in order. @throws Fault malformed */
  read(reply: object, count: number, shape: Shape): Outcome[];
}

/** Every call as it is, for its answer. */
export const forAnswers: Form = {
  body: (call) => call,
  read: (reply, count, shape) => shape.answers(reply, count),
};

export interface Asking {
  channel: Channel;
  maxBatch: number;
  concurrency: number;
  /** Stands in where a call names no model. */
  model: string | undefined;
  /** Whether lists of prompts are taken; only asked when a list would help. */
  lists: (model: string, signal: AbortSignal) => Promise<boolean>;
}

/** Bodies of one shape that can be one request. */
interface Group {
  shape: Shape;
  pieces: Piece<Call>[];
}

function grouped(entries: readonly { shape: Shape; piece: Piece<Call> }[]): Group[] {
  const groups = Map.groupBy(entries, ({ shape, piece }) => shape.lists?.key(piece.input) ?? piece.position);
  return [...groups.values()].map((group) => ({ shape: (group[0] as { shape: Shape }).shape, pieces: group.map(({ piece }) => piece) }));
}

/** One request for bodies that can be one; also how a single body is sent. */
export function requestOf(shape: Shape, bodies: readonly Call[]): { path: string; body: Record<string, unknown> } {
  const body = bodies.length > 1 && shape.lists ? shape.lists.body(bodies) : bodies[0];
  return { path: shape.path, body: { ...body } };
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
  const entries = calls.flatMap((call, position) => {
    const shape = shapeFor(call);
    if (!shape) {
      options.onOutcome(position, { kind: 'failed', reason: 'unsupported: the call has neither messages nor prompt nor input' });
      return [];
    }
    const asked = shape.asked(call);
    const input = form.body(asked['model'] === undefined && model !== undefined ? { ...asked, model } : asked, shape);
    return [{ shape, piece: { position, input, patience: channel.patience() } }];
  });
  const batches: { shape: Shape; pieces: readonly Piece<Call>[] }[] = [];
  for (const { shape, pieces } of grouped(entries)) {
    const cut = inBatches(pieces, maxBatch, concurrency);
    const named = pieces[0]?.input['model'];
    const asList = cut.length < pieces.length && typeof named === 'string' && (await lists(named, options.signal));
    batches.push(...(asList ? cut : pieces.map((piece) => [piece])).map((part) => ({ shape, pieces: part })));
  }
  const askIn = (shape: Shape) => ({
    channel,
    options,
    request: (inputs: readonly Call[]) => requestOf(shape, inputs),
    read: (reply: object, inputs: readonly Call[]) => form.read(reply, inputs.length, shape),
  });
  await together(options.signal, (signal) => batches.map(({ shape, pieces }) => sendBatch(pieces, askIn(shape), signal)));
}
