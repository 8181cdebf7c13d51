import type { Call } from '../../../core/types.ts';
import type { Request } from '../../http/client.ts';
import type { Errand } from '../../traffic/channel.ts';
import type { Tokens } from '../answer-tokens.ts';
import type { Desk } from '../way.ts';

/** A prompt and an answer as token ids, tokenized apart and joined by us, so that no border can merge. */
export interface Sequence {
  prompt: readonly number[];
  answer: readonly number[];
  /** What the ids stand for, to be kept out of errors. */
  about: readonly [Call, string];
}

/** Where a server's token ids come from. Each throws a Fault when the server has none to give. */
export interface IdSource {
  /** Of a call's prompt, as its own route would render it. */
  prompt(desk: Desk, call: Call, errand: Errand): Promise<readonly number[]>;
  /** Whether the model reads the prompt for that: then it has to be admitted. Left out: never. */
  evaluates?(call: Call): boolean;
  /** Of an answer by itself. */
  answer(desk: Desk, text: string, errand: Errand): Promise<Tokens>;
  /** @throws ProblemError scorer_unavailable for a call that is rendered otherwise where it is answered */
  check?(desk: Desk, call: Call, errand: Errand): Promise<void>;
}

/**
 * What a reply says of one sequence: its answer's log-probabilities; a text says why another form need not be tried;
 * null where there is nothing.
 */
export type Told = readonly number[] | string | null;

/** A request that tells what given tokens weigh, and how its reply is read. */
export interface SequenceForm {
  /** How it is remembered. */
  id: string;
  /** Several sequences in one request, where the server takes that; false: never tried. */
  lists: boolean;
  request(desk: Desk, sequences: readonly Sequence[], asList: boolean): Request;
  /** One for each sequence, in order. @throws Fault malformed */
  read(reply: object, sequences: readonly Sequence[]): Told[];
  /** Asked instead of a sequence that the reply tells nothing of. */
  otherwise?: SequenceForm;
}
