import type { AskOptions, Failed, Usage } from '../service/ports.ts';
import { sendAround, sendHalves } from './bisect.ts';
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

/**
 * Sends pieces as one request and hands every outcome over as soon as it is known. A list that is refused is sent
 * again in parts, down to the member at fault; a single piece that is refused, and whatever has used up its tries,
 * fails. Nothing is sent when `admit` says no.
 * @throws ProblemError endpoint_refused when nothing can be asked at all, or the signal's reason
 */
export async function sendBatch<T, R>(pieces: readonly Piece<T>[], ask: BatchAsk<T, R>, signal: AbortSignal): Promise<void> {
  const refusal = await sendOnce(pieces, ask, signal, false);
  if (!refusal) return;
  const send = async (part: readonly Piece<T>[]) => (await sendOnce(part, ask, signal, true)) === null;
  await (refusal.aboutSize ? sendHalves(pieces, send) : sendAround(pieces, send));
}

/** @returns the refusal of a list, whose members have no outcome yet; null when all have one, or were not admitted */
async function sendOnce<T, R>(
  pieces: readonly Piece<T>[],
  ask: BatchAsk<T, R>,
  signal: AbortSignal,
  admitted: boolean,
): Promise<Fault | null> {
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
    evaluations: pieces.length,
  };
  try {
    const outcomes = admitted
      ? await channel.post(request, read, errand)
      : await channel.postIf(() => options.admit(positions), request, read, errand);
    if (outcomes === NOT_ADMITTED) return null;
    outcomes.forEach((outcome, index) => options.onOutcome(positions[index] ?? -1, outcome));
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    if (error.endsAll) throw problemOf(error);
    if (pieces.length > 1 && error.refusesRequest) return error;
    for (const position of positions) options.onOutcome(position, failed(error));
  }
  return null;
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
