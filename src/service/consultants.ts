import type { Consultation } from '../core/types.ts';
import type { AskOptions, Price } from './ports.ts';
import type { Flow } from './shared-ports.ts';

/*
 * A part of ports.ts: whom scorers ask.
 */

/** What a consultant is asked: an embedding where two texts are to be compared by them, else the consultation as it is. */
export type Inquiry = { kind: 'embedding'; text: string } | Exclude<Consultation, { kind: 'similarity' }>;

/** What came back: the vector of an embedding, or one number. */
export interface Said {
  kind: 'said';
  numbers: Float64Array;
}

/** Who answers inquiries for the jobs of one endpoint: its embedding model, classifier and judge. */
export interface Consultant {
  /** The same, its requests counted as this flow's. */
  as(flow: Flow): Consultant;
  /**
   * Part of every cache key: who answers, and by which wording. Holds no secret.
   * @throws ProblemError scorer_unavailable when nobody is configured for this kind
   */
  identity(kind: Inquiry['kind']): string;
  price(kind: Inquiry['kind']): Price | null;
  /** Characters that are sent for it, and tokens that are written, about. */
  size(inquiry: Inquiry): { characters: number; answerTokens: number };
  /**
   * Asks all of them together, within the limits of whoever is asked. An unreadable reply is asked again once, for
   * which `admit` is called again; after that the item fails. @throws ProblemError when nothing can be asked at all
   */
  ask(inquiries: readonly Inquiry[], options: AskOptions<Said>): Promise<void>;
}
