import type { Infilling, Span } from '../core/types.ts';
import type { AskOptions } from './ports.ts';

/*
 * A part of ports.ts: who proposes words.
 */

/** Stretches of a text for which other words are wanted: ordered, disjoint, in UTF-16 code units of the text. */
export interface Blanks {
  text: string;
  spans: readonly Span[];
  /** Which filling is wanted where each is a request of its own, from 0. */
  variant: number;
}

/** What is wanted of whoever proposes words. */
export interface Wanted extends Pick<Infilling, 'kind' | 'proposals' | 'temperature' | 'instructions'> {
  model: string;
}

/** Proposals for every blank; none for those that only had unusable ones. */
export interface Proposed {
  kind: 'proposed';
  proposals: readonly (readonly string[])[];
}

export interface ProposeOptions extends AskOptions<Proposed> {
  /** Whether a proposal for a blank may be used; where none of them may, they are asked for once more. */
  accept(position: number, blank: number, proposal: string): boolean;
}
