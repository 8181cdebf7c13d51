import type { AskOptions, Failed, Usage } from '../service/ports.ts';
import type { Request } from './http/client.ts';
import { Fault } from './http/fault.ts';
import { failed, problemOf } from './problems.ts';
import { type Channel, NOT_ADMITTED } from './traffic/channel.ts';
import type { Patience } from './traffic/retry.ts';

/** One item on its way: its position among the calls asked, and what is sent for it. */
export interface Piece<T> {
  position: number;
  input: T;
  patience: Patience;
}

export interface BatchAsk<T, R> {
  channel: Channel;
  request(inputs: readonly T[]): Request;
  /** One outcome per input, in order. @throws Fault malformed, which is asked again */
  read(reply: object, inputs: readonly T[]): (R | Failed)[];
  options: AskOptions<R>;
}

function halves<T>(list: readonly T[]): [readonly T[], readonly T[]] {
  const middle = Math.ceil(list.length / 2);
  return [list.slice(0, middle), list.slice(middle)];
}

/**
 * Sends pieces as one request and hands every outcome over as soon as it is known. A list that is refused is sent
 * again in halves, down to the member at fault; a single piece that is refused, and whatever has used up its tries,
 * fails. Nothing is sent when `admit` says no.
 * @throws ProblemError endpoint_refused when nothing can be asked at all, or the signal's reason
 */
export async function sendBatch<T, R>(
  pieces: readonly Piece<T>[],
  ask: BatchAsk<T, R>,
  signal: AbortSignal,
  admitted = false,
): Promise<void> {
  const { channel, options } = ask;
  const inputs = pieces.map((piece) => piece.input);
  const positions = pieces.map((piece) => piece.position);
  const request = () => ask.request(inputs);
  const read = (reply: object) => ask.read(reply, inputs);
  const errand = {
    signal,
    patience: pieces.reduce(
      (least, { patience }) => (patience.leftMs < least.leftMs ? patience : least),
      pieces[0]?.patience ?? channel.patience(),
    ),
    onUsage: (usage: Usage) => options.onUsage(usage, positions),
  };
  try {
    const outcomes = admitted
      ? await channel.post(request, read, errand)
      : await channel.postIf(() => options.admit(positions), request, read, errand);
    if (outcomes === NOT_ADMITTED) return;
    outcomes.forEach((outcome, index) => options.onOutcome(positions[index] ?? -1, outcome));
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    if (error.refusesAll) throw problemOf(error);
    if (pieces.length > 1 && error.refusesRequest) {
      await Promise.all(halves(pieces).map((half) => sendBatch(half, ask, signal, true)));
    } else {
      for (const position of positions) options.onOutcome(position, failed(error));
    }
  }
}

/** Enough batches to keep every place busy, none above the endpoint's limit. */
export function inBatches<T>(items: readonly T[], maxBatch: number, concurrency: number): T[][] {
  const size = Math.max(1, Math.min(maxBatch, Math.ceil(items.length / concurrency)));
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));
}

/**
 * Runs tasks together and waits for all of them. The first that throws stops the others.
 * @throws the signal's reason, else what the first failing task threw
 */
export async function together(signal: AbortSignal, tasks: (signal: AbortSignal) => readonly Promise<void>[]): Promise<void> {
  signal.throwIfAborted();
  const stop = new AbortController();
  const running = tasks(AbortSignal.any([signal, stop.signal]));
  const ended = await Promise.allSettled(
    running.map((task) =>
      task.catch((error: unknown) => {
        stop.abort(error);
        throw error;
      }),
    ),
  );
  signal.throwIfAborted();
  if (ended.some((end) => end.status === 'rejected')) throw stop.signal.reason;
}
