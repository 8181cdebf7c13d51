import type { Price } from '../../service/ports.ts';
import type { Desk } from '../ways/way.ts';

/** A model that answers inquiries, and the way to it. */
export interface Counsellor {
  desk: Desk;
  /** Of the endpoint; part of cache keys. */
  identity: string;
  price: Price | null;
}

/** How a classifier is asked. docs/endpoints.md has the forms. */
export interface ClassifierSettings {
  endpoint: string;
  model: string;
  /** `predict` as text-embeddings-inference has it, `classify` as vLLM and SGLang have it. */
  route: 'predict' | 'classify';
  /** The class that means entailment: its name for `predict`, its number for `classify`. */
  label: string | number;
  /** The class that means contradiction; left out: it is not asked for that. */
  contradictionLabel?: string | number | null;
  /** What stands between premise and hypothesis where a server takes one text. */
  separator: string;
}
